# JupyterLab with the TypeScript kernel, made by the set-up of a clone. For the CPU, or for an NVIDIA GPU (--target cuda):
#   docker build -t solireward .
#   docker run --rm -p 8888:8888 solireward
# docs/containers.md says more.

FROM node:20.20.2-bookworm-slim AS clone
# What a clone needs. Debian keeps one version of each in a release, so that a pinned one would soon be gone.
# hadolint ignore=DL3008
RUN apt-get update \
  && apt-get install -y --no-install-recommends ca-certificates g++ make python3 python3-venv \
  && rm -rf /var/lib/apt/lists/*
# The image's user node, by number: Kubernetes can then see that it is not root.
USER 1000
RUN mkdir /home/node/solireward
WORKDIR /home/node/solireward
# Before the sources: a change of them installs nothing anew.
COPY --chown=node:node package.json package-lock.json .npmrc ./
RUN npm ci && rm -rf .cache
COPY --chown=node:node . .
EXPOSE 8888
CMD ["npm", "run", "--silent", "lab", "--", "--ip=0.0.0.0", "--no-browser"]

FROM clone AS cuda
ENV NVIDIA_VISIBLE_DEVICES=all NVIDIA_DRIVER_CAPABILITIES=compute,utility
RUN npm run --silent setup -- --engine cuda && rm -rf .cache

FROM clone AS cpu
RUN npm run --silent setup -- --engine native && rm -rf .cache

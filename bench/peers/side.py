"""The other side of a comparison: prepares itself, then does what each line of its input names."""

import json
import resource
import sys
import time

settings = json.loads(sys.argv[1])


def say(**line):
    print(json.dumps(line), flush=True)


def serve(versions, **actions):
    """Says that all is prepared and what it is made of, and from then on how long each action took.

    An action gives its numbers, or milliseconds and numbers where not all of it counts.
    """
    say(ready=True, versions=versions)
    for line in sys.stdin:
        start = time.perf_counter()
        given = actions[line.strip()]()
        milliseconds = 1000 * (time.perf_counter() - start)
        if isinstance(given, tuple):
            milliseconds, given = given
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        say(milliseconds=milliseconds, values=[float(value) for value in given], peakMiB=peak)

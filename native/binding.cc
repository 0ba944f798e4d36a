// The binding of tfjs-node and, beside what it has, TensorFlow functions: operations are recorded in a graph, the graph
// becomes a function of the eager context, and the function is called like an operation. Ids of recorded tensors are
// negative, so that TensorFlow.js never asks the binding to delete them.
#include <node_api.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "tensorflow/c/c_api.h"
#include "tensorflow/c/eager/c_api.h"
#include "tensorflow/core/framework/device_base.h"
#include "tensorflow/core/platform/ctstring_internal.h"

// Both files of the binding are part of this one: functions need its context and its table of tensors, which are private,
// and the module is registered below, with more functions. The context's options are made here, since the binding takes none.
static TFE_ContextOptions *ContextOptions();
#define private public
#define TFE_NewContextOptions ContextOptions
#include "tfjs_backend.cc"
#undef TFE_NewContextOptions
#undef private
#undef NAPI_MODULE
#define NAPI_MODULE(name, init)
#include "tfjs_binding.cc"

namespace tsl {
void enable_tensor_float_32_execution(bool enabled);
}

// What the C API does not tell: the allocator of a device. Its headers ask for others that the wheel lacks.
namespace tensorflow {
class Device : public DeviceBase {};
class EagerContext {
 public:
  absl::Status FindDeviceFromName(const char *name, Device **device) const;
};
}  // namespace tensorflow

// A limit of GPU memory is an option of the context: ConfigProto.gpu_options(6).experimental(9).virtual_devices(1)
// .memory_limit_mb(1), one float.
static TFE_ContextOptions *ContextOptions() {
  TFE_ContextOptions *options = TFE_NewContextOptions();
  const char *limit = std::getenv("SOLIREWARD_GPU_MEMORY_BYTES");
  if (limit != nullptr && *limit != 0) {
    const float megabytes = static_cast<float>(std::atof(limit) / (1 << 20));
    unsigned char config[] = {0x32, 10, 0x4a, 8, 0x0a, 6, 0x0a, 4, 0, 0, 0, 0};
    std::memcpy(config + 8, &megabytes, 4);
    TF_Status *status = TF_NewStatus();
    TFE_ContextOptionsSetConfig(options, config, sizeof config, status);
    TF_DeleteStatus(status);
  }
  return options;
}

namespace {

using tfnodejs::TF_AutoStatus;
using tfnodejs::TF_AutoTensor;
using tfnodejs::TFJSBackend;

// A graph under construction; a recorded tensor of id -2 - i is outputs[i].
struct Recording {
  TF_Graph *graph;
  std::vector<TF_Output> outputs;
};
std::map<int32_t, Recording> recordings;
int32_t nextRecording = 0;

// Throws TensorFlow's message as a whole; the code of the error is TensorFlow's.
bool Failed(napi_env env, TF_Status *status) {
  if (TF_GetCode(status) == TF_OK) return false;
  const std::string code = std::to_string(TF_GetCode(status));
  napi_throw_error(env, code.c_str(), TF_Message(status));
  return true;
}

std::vector<napi_value> Arguments(napi_env env, napi_callback_info info, size_t count) {
  std::vector<napi_value> values(count);
  napi_get_cb_info(env, info, &count, values.data(), nullptr, nullptr);
  return values;
}

int32_t Int(napi_env env, napi_value value) {
  int32_t result = 0;
  napi_get_value_int32(env, value, &result);
  return result;
}

bool Bool(napi_env env, napi_value value) {
  bool result = false;
  napi_get_value_bool(env, value, &result);
  return result;
}

double Double(napi_env env, napi_value value) {
  double result = 0;
  napi_get_value_double(env, value, &result);
  return result;
}

std::string String(napi_env env, napi_value value) {
  size_t length = 0;
  napi_get_value_string_utf8(env, value, nullptr, 0, &length);
  std::string result(length, '\0');
  napi_get_value_string_utf8(env, value, &result[0], length + 1, &length);
  return result;
}

std::vector<napi_value> Elements(napi_env env, napi_value array) {
  uint32_t length = 0;
  napi_get_array_length(env, array, &length);
  std::vector<napi_value> elements(length);
  for (uint32_t i = 0; i < length; i++) napi_get_element(env, array, i, &elements[i]);
  return elements;
}

std::vector<int64_t> Integers(napi_env env, napi_value array) {
  std::vector<int64_t> integers;
  for (napi_value element : Elements(env, array)) integers.push_back(static_cast<int64_t>(Double(env, element)));
  return integers;
}

napi_value Property(napi_env env, napi_value object, const char *name) {
  napi_value value;
  napi_get_named_property(env, object, name, &value);
  return value;
}

Recording *RecordingOf(napi_env env, napi_value id) {
  auto found = recordings.find(Int(env, id));
  if (found != recordings.end()) return &found->second;
  napi_throw_error(env, nullptr, "there is no such recording");
  return nullptr;
}

TF_OperationDescription *NewNode(Recording *recording, const char *operation) {
  const std::string name = "n" + std::to_string(recording->outputs.size());
  return TF_NewOperation(recording->graph, operation, name.c_str());
}

// The outputs of a node as [{ id, shape, dtype }]; null is the shape that depends on values or on an open input.
napi_value Outputs(napi_env env, Recording *recording, TF_Operation *node, int count) {
  TF_AutoStatus status;
  napi_value infos;
  napi_create_array_with_length(env, count, &infos);
  for (int i = 0; i < count; i++) {
    const TF_Output output = {node, i};
    const int rank = TF_GraphGetTensorNumDims(recording->graph, output, status.status);
    if (Failed(env, status.status)) return nullptr;
    std::vector<int64_t> dims(std::max(rank, 0));
    if (rank > 0) TF_GraphGetTensorShape(recording->graph, output, dims.data(), rank, status.status);
    if (Failed(env, status.status)) return nullptr;
    const bool known = rank >= 0 && std::all_of(dims.begin(), dims.end(), [](int64_t dim) { return dim >= 0; });
    napi_value info, id, shape, dtype;
    napi_create_object(env, &info);
    napi_create_int32(env, -2 - static_cast<int32_t>(recording->outputs.size()), &id);
    napi_get_null(env, &shape);
    if (known) napi_create_array_with_length(env, rank, &shape);
    for (int d = 0; known && d < rank; d++) {
      napi_value dim;
      napi_create_int64(env, dims[d], &dim);
      napi_set_element(env, shape, d, dim);
    }
    napi_create_int32(env, TF_OperationOutputType(output), &dtype);
    napi_set_named_property(env, info, "id", id);
    napi_set_named_property(env, info, "shape", shape);
    napi_set_named_property(env, info, "dtype", dtype);
    napi_set_element(env, infos, i, info);
    recording->outputs.push_back(output);
  }
  return infos;
}

napi_value Finish(napi_env env, Recording *recording, TF_OperationDescription *description, int count) {
  TF_AutoStatus status;
  TF_Operation *node = TF_FinishOperation(description, status.status);
  if (Failed(env, status.status)) return nullptr;
  return Outputs(env, recording, node, count);
}

void SetAttribute(napi_env env, TF_OperationDescription *description, napi_value attribute) {
  const std::string name = String(env, Property(env, attribute, "name"));
  const napi_value value = Property(env, attribute, "value");
  bool list = false;
  napi_is_array(env, value, &list);
  switch (static_cast<TF_AttrType>(Int(env, Property(env, attribute, "type")))) {
    case TF_ATTR_STRING: {
      const std::string text = String(env, value);
      TF_SetAttrString(description, name.c_str(), text.data(), text.size());
      break;
    }
    case TF_ATTR_INT:
      if (list) {
        const std::vector<int64_t> values = Integers(env, value);
        TF_SetAttrIntList(description, name.c_str(), values.data(), static_cast<int>(values.size()));
      } else {
        TF_SetAttrInt(description, name.c_str(), static_cast<int64_t>(Double(env, value)));
      }
      break;
    case TF_ATTR_FLOAT:
      TF_SetAttrFloat(description, name.c_str(), static_cast<float>(Double(env, value)));
      break;
    case TF_ATTR_BOOL:
      TF_SetAttrBool(description, name.c_str(), Bool(env, value));
      break;
    case TF_ATTR_TYPE:
      TF_SetAttrType(description, name.c_str(), static_cast<TF_DataType>(Int(env, value)));
      break;
    case TF_ATTR_SHAPE: {
      const std::vector<int64_t> dims = Integers(env, value);
      TF_SetAttrShape(description, name.c_str(), dims.data(), static_cast<int>(dims.size()));
      break;
    }
    default:
      napi_throw_error(env, nullptr, ("unknown kind of attribute " + name).c_str());
  }
}

// recordingBegin() -> id
napi_value RecordingBegin(napi_env env, napi_callback_info) {
  recordings[nextRecording] = {TF_NewGraph(), {}};
  napi_value id;
  napi_create_int32(env, nextRecording++, &id);
  return id;
}

// recordingInput(recording, dtype, shape) -> [info]; null is any shape
napi_value RecordingInput(napi_env env, napi_callback_info info) {
  const auto args = Arguments(env, info, 3);
  Recording *recording = RecordingOf(env, args[0]);
  if (!recording) return nullptr;
  TF_OperationDescription *node = NewNode(recording, "Placeholder");
  bool given = false;
  napi_is_array(env, args[2], &given);
  const std::vector<int64_t> shape = given ? Integers(env, args[2]) : std::vector<int64_t>();
  TF_SetAttrType(node, "dtype", static_cast<TF_DataType>(Int(env, args[1])));
  const int rank = given ? static_cast<int>(shape.size()) : -1;
  TF_SetAttrShape(node, "shape", shape.data(), rank);
  // The function's arguments keep attributes with an underscore only; Grappler reads their shapes from this one.
  const int64_t *dims = shape.data();
  TF_SetAttrShapeList(node, "_output_shapes", &dims, &rank, 1);
  return Finish(env, recording, node, 1);
}

// recordingConstant(recording, dtype, shape, typedArray) -> [info]
napi_value RecordingConstant(napi_env env, napi_callback_info info) {
  const auto args = Arguments(env, info, 4);
  Recording *recording = RecordingOf(env, args[0]);
  if (!recording) return nullptr;
  const TF_DataType dtype = static_cast<TF_DataType>(Int(env, args[1]));
  const std::vector<int64_t> shape = Integers(env, args[2]);
  void *data = nullptr;
  napi_get_typedarray_info(env, args[3], nullptr, nullptr, &data, nullptr, nullptr);
  size_t count = 1;
  for (int64_t dim : shape) count *= dim;
  TF_AutoTensor tensor(TF_AllocateTensor(dtype, shape.data(), static_cast<int>(shape.size()), count * TF_DataTypeSize(dtype)));
  if (count > 0) std::memcpy(TF_TensorData(tensor.tensor), data, count * TF_DataTypeSize(dtype));
  TF_OperationDescription *node = NewNode(recording, "Const");
  TF_AutoStatus status;
  TF_SetAttrTensor(node, "value", tensor.tensor, status.status);
  TF_SetAttrType(node, "dtype", dtype);
  if (Failed(env, status.status)) return nullptr;
  return Finish(env, recording, node, 1);
}

// The tensors of a recording by their ids; throws for an id of none.
bool Recorded(napi_env env, const Recording *recording, napi_value ids, std::vector<TF_Output> *outputs) {
  for (int64_t id : Integers(env, ids)) {
    const size_t index = static_cast<size_t>(-2 - id);
    if (id > -2 || index >= recording->outputs.size()) {
      napi_throw_error(env, nullptr, "an input is not a tensor of the recording");
      return false;
    }
    outputs->push_back(recording->outputs[index]);
  }
  return true;
}

// recordingOperation(recording, operation, attributes, inputs, leading inputs that are one list, outputs) -> [info]
napi_value RecordingOperation(napi_env env, napi_callback_info info) {
  const auto args = Arguments(env, info, 6);
  Recording *recording = RecordingOf(env, args[0]);
  std::vector<TF_Output> inputs;
  if (!recording || !Recorded(env, recording, args[3], &inputs)) return nullptr;
  TF_OperationDescription *node = NewNode(recording, String(env, args[1]).c_str());
  const size_t list = std::min(static_cast<size_t>(Int(env, args[4])), inputs.size());
  if (list > 0) TF_AddInputList(node, inputs.data(), static_cast<int>(list));
  for (size_t i = list; i < inputs.size(); i++) TF_AddInput(node, inputs[i]);
  for (napi_value attribute : Elements(env, args[2])) SetAttribute(env, node, attribute);
  return Finish(env, recording, node, Int(env, args[5]));
}

// recordingCustomCall(recording, target, configuration, inputs, [{ dtype, shape }] of the results) -> [info]: a call of
// XLA's own, of a kernel that it knows by its name
napi_value RecordingCustomCall(napi_env env, napi_callback_info info) {
  const auto args = Arguments(env, info, 5);
  Recording *recording = RecordingOf(env, args[0]);
  std::vector<TF_Output> inputs;
  if (!recording || !Recorded(env, recording, args[3], &inputs)) return nullptr;
  std::vector<TF_DataType> types;
  std::vector<std::vector<int64_t>> shapes;
  for (napi_value result : Elements(env, args[4])) {
    types.push_back(static_cast<TF_DataType>(Int(env, Property(env, result, "dtype"))));
    shapes.push_back(Integers(env, Property(env, result, "shape")));
  }
  const int count = static_cast<int>(shapes.size());
  std::vector<const int64_t *> dims;
  std::vector<int> ranks;
  for (const auto &shape : shapes) {
    dims.push_back(shape.data());
    ranks.push_back(static_cast<int>(shape.size()));
  }
  const std::string target = String(env, args[1]), configuration = String(env, args[2]);
  TF_OperationDescription *node = NewNode(recording, "XlaCustomCallV2");
  TF_AddInputList(node, inputs.data(), static_cast<int>(inputs.size()));
  TF_SetAttrString(node, "call_target_name", target.data(), target.size());
  TF_SetAttrString(node, "backend_config", configuration.data(), configuration.size());
  TF_SetAttrBool(node, "has_side_effect", 0);
  TF_SetAttrTypeList(node, "result_dtypes", types.data(), count);
  TF_SetAttrShapeList(node, "result_shapes", dims.data(), ranks.data(), count);
  return Finish(env, recording, node, count);
}

// recordingEnd(recording, name, inputs, outputs): the function is known from now on; without a name the recording is dropped
napi_value RecordingEnd(napi_env env, napi_callback_info info) {
  const auto args = Arguments(env, info, 4);
  Recording *recording = RecordingOf(env, args[0]);
  if (!recording) return nullptr;
  const std::string name = String(env, args[1]);
  TF_AutoStatus status;
  if (!name.empty()) {
    const auto outputsOf = [&](napi_value ids) {
      std::vector<TF_Output> outputs;
      for (int64_t id : Integers(env, ids)) outputs.push_back(recording->outputs.at(-2 - id));
      return outputs;
    };
    const std::vector<TF_Output> inputs = outputsOf(args[2]);
    const std::vector<TF_Output> outputs = outputsOf(args[3]);
    TF_Function *function = TF_GraphToFunction(recording->graph, name.c_str(), 0, -1, nullptr, static_cast<int>(inputs.size()),
                                               inputs.data(), static_cast<int>(outputs.size()), outputs.data(), nullptr,
                                               nullptr, "", status.status);
    TFJSBackend *backend = tfnodejs::GetTFJSBackend(env);
    if (function && TF_GetCode(status.status) == TF_OK) {
      TFE_ContextAddFunction(backend->tfe_context_, function, status.status);
    }
    if (function) TF_DeleteFunction(function);
  }
  TF_DeleteGraph(recording->graph);
  recordings.erase(Int(env, args[0]));
  Failed(env, status.status);
  return nullptr;
}

// removeFunction(name)
napi_value RemoveFunction(napi_env env, napi_callback_info info) {
  const auto args = Arguments(env, info, 1);
  TF_AutoStatus status;
  TFE_ContextRemoveFunction(tfnodejs::GetTFJSBackend(env)->tfe_context_, String(env, args[0]).c_str(), status.status);
  Failed(env, status.status);
  return nullptr;
}

// A call that runs beside JavaScript's thread: the first one compiles, which can take minutes.
struct Call {
  TFJSBackend *backend;
  TFE_Op *op;
  std::vector<TFE_TensorHandle *> results;
  TF_Status *status;
  napi_deferred deferred;
  napi_async_work work;
};

void Run(napi_env, void *data) {
  Call *call = static_cast<Call *>(data);
  int count = static_cast<int>(call->results.size());
  TFE_Execute(call->op, call->results.data(), &count, call->status);
}

void Done(napi_env env, napi_status, void *data) {
  std::unique_ptr<Call> call(static_cast<Call *>(data));
  if (TF_GetCode(call->status) == TF_OK) {
    napi_value infos;
    napi_create_array_with_length(env, call->results.size(), &infos);
    for (size_t i = 0; i < call->results.size(); i++) {
      napi_set_element(env, infos, i, call->backend->GenerateOutputTensorInfo(env, call->results[i]));
    }
    napi_resolve_deferred(env, call->deferred, infos);
  } else {
    napi_value code, message, error;
    napi_create_string_utf8(env, std::to_string(TF_GetCode(call->status)).c_str(), NAPI_AUTO_LENGTH, &code);
    napi_create_string_utf8(env, TF_Message(call->status), NAPI_AUTO_LENGTH, &message);
    napi_create_error(env, code, message, &error);
    napi_reject_deferred(env, call->deferred, error);
  }
  TFE_DeleteOp(call->op);
  TF_DeleteStatus(call->status);
  napi_delete_async_work(env, call->work);
}

// What makes TensorFlow fuse operations of a function for oneDNN, by Grappler's remapper alone: all of Grappler takes a
// second for a training step. ConfigProto.graph_options(10).rewrite_options(10).optimizers(100) = "remap".
const char FUSES[] = "\x52\x0a\x52\x08\xa2\x06\x05remap";

// callFunction(name, input ids, outputs, xla) -> Promise<[info]>. With xla, XLA compiles the function for the shapes of
// its first call.
napi_value CallFunction(napi_env env, napi_callback_info info) {
  const auto args = Arguments(env, info, 4);
  TFJSBackend *backend = tfnodejs::GetTFJSBackend(env);
  TF_AutoStatus status;
  TFE_Op *op = TFE_NewOp(backend->tfe_context_, String(env, args[0]).c_str(), status.status);
  if (Failed(env, status.status)) return nullptr;
  const auto fail = [&]() {
    const bool failed = Failed(env, status.status);
    if (failed) TFE_DeleteOp(op);
    return failed;
  };
  TFE_OpSetDevice(op, backend->device_name.c_str(), status.status);
  if (fail()) return nullptr;
  if (Bool(env, args[3])) {
    TFE_OpSetAttrBool(op, "_XlaMustCompile", 1);
  } else {
    TFE_OpSetAttrString(op, "config_proto", FUSES, sizeof FUSES - 1);
  }
  for (int64_t id : Integers(env, args[1])) {
    auto found = backend->tfe_handle_map_.find(static_cast<int32_t>(id));
    if (found == backend->tfe_handle_map_.end()) {
      TF_SetStatus(status.status, TF_INVALID_ARGUMENT, "an input of the function has been disposed of");
    } else {
      TFE_OpAddInput(op, found->second, status.status);
    }
    if (fail()) return nullptr;
  }
  Call *call = new Call{backend, op, std::vector<TFE_TensorHandle *>(Int(env, args[2]), nullptr), TF_NewStatus()};
  napi_value promise, name;
  napi_create_promise(env, &call->deferred, &promise);
  napi_create_string_utf8(env, "callFunction", NAPI_AUTO_LENGTH, &name);
  napi_create_async_work(env, nullptr, name, Run, Done, call, &call->work);
  napi_queue_async_work(env, call->work);
  return promise;
}

// setTensorFloat32(allowed): whether float32 products may be computed in TF32
napi_value SetTensorFloat32(napi_env env, napi_callback_info info) {
  tsl::enable_tensor_float_32_execution(Bool(env, Arguments(env, info, 1)[0]));
  return nullptr;
}

// deviceMemory(reset) -> { used, peak } in bytes, of the allocator of the device; reset begins a new peak
napi_value DeviceMemory(napi_env env, napi_callback_info info) {
  const auto args = Arguments(env, info, 1);
  TFJSBackend *backend = tfnodejs::GetTFJSBackend(env);
  tensorflow::Device *device = nullptr;
  const auto *context = reinterpret_cast<tensorflow::EagerContext *>(backend->tfe_context_);
  if (!context->FindDeviceFromName(backend->device_name.c_str(), &device).ok()) return nullptr;
  tensorflow::Allocator *allocator = device->GetAllocator({});
  const auto stats = allocator->GetStats();
  if (!stats) return nullptr;
  if (Bool(env, args[0])) allocator->ClearStats();
  napi_value result, used, peak;
  napi_create_object(env, &result);
  napi_create_int64(env, stats->bytes_in_use, &used);
  napi_create_int64(env, stats->peak_bytes_in_use, &peak);
  napi_set_named_property(env, result, "used", used);
  napi_set_named_property(env, result, "peak", peak);
  return result;
}

}  // namespace

NAPI_MODULE_INIT() {
  if (tfnodejs::InitTFNodeJSBinding(env, exports) == nullptr) return nullptr;
  const std::pair<const char *, napi_callback> functions[] = {
      {"recordingBegin", RecordingBegin},         {"recordingInput", RecordingInput},
      {"recordingConstant", RecordingConstant},   {"recordingOperation", RecordingOperation},
      {"recordingEnd", RecordingEnd},             {"removeFunction", RemoveFunction},
      {"callFunction", CallFunction},             {"setTensorFloat32", SetTensorFloat32},
      {"deviceMemory", DeviceMemory},             {"recordingCustomCall", RecordingCustomCall},
  };
  for (const auto &[name, callback] : functions) {
    napi_value function;
    napi_create_function(env, name, NAPI_AUTO_LENGTH, callback, nullptr, &function);
    napi_set_named_property(env, exports, name, function);
  }
  return exports;
}

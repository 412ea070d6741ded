/* Tensors as cuDNN's descriptors tell them, their elements as floats, and the frame of every simulated cuDNN call. */
#ifndef CONVOKE_SIMULATED_CUDNN_TENSOR_H
#define CONVOKE_SIMULATED_CUDNN_TENSOR_H

#include <string>
#include <vector>

#include "../device.h"
#include "../numbers.h"
#include "cudnn.h"

namespace convoke::simulated {

/* cudnnTensorDescriptor_t, and cudnnFilterDescriptor_t with k as n: four dimensions, and how far apart they lie. */
struct Tensor {
    bool set = false;
    cudnnDataType_t type = CUDNN_DATA_FLOAT;
    int32_t n = 0, c = 0, h = 0, w = 0;
    int64_t n_stride = 0, c_stride = 0, h_stride = 0, w_stride = 0; /* in elements */

    int64_t elements() const { return int64_t{1} * n * c * h * w; }
    /* From the first element to behind the last. */
    int64_t span() const {
        return 1 + (n - 1) * n_stride + (c - 1) * c_stride + (h - 1) * h_stride + (w - 1) * w_stride;
    }
    size_t element_size() const { return type == CUDNN_DATA_FLOAT ? sizeof(float) : sizeof(uint16_t); }
    bool packed() const { return span() == elements(); }
    bool channels_last() const { return packed() && c_stride == 1 && (c > 1 || w_stride == 1); }
    bool channels_first() const { return packed() && w_stride == 1; }
    bool same_shape(const Tensor& other) const { return n == other.n && c == other.c && h == other.h && w == other.w; }
    std::string shape() const {
        return "[" + std::to_string(n) + ", " + std::to_string(c) + ", " + std::to_string(h) + ", " +
               std::to_string(w) + "]";
    }

    void lay_out(cudnnTensorFormat_t format) {
        const bool last = format == CUDNN_TENSOR_NHWC;
        c_stride = last ? 1 : int64_t{h} * w;
        w_stride = last ? c : 1;
        h_stride = w * w_stride;
        n_stride = int64_t{c} * h * w;
    }

    template <class Visit>
    void each(const Visit& visit) const {
        int64_t index = 0;
        for (int32_t in = 0; in < n; ++in) {
            for (int32_t ic = 0; ic < c; ++ic) {
                for (int32_t ih = 0; ih < h; ++ih) {
                    const int64_t row = in * n_stride + ic * c_stride + ih * h_stride;
                    for (int32_t iw = 0; iw < w; ++iw) {
                        visit(index++, row + iw * w_stride);
                    }
                }
            }
        }
    }

    /* The elements as floats, in the order [N, C, H, W]. */
    std::vector<float> load(const void* from) const {
        std::vector<float> values(static_cast<size_t>(elements()));
        if (type == CUDNN_DATA_FLOAT) {
            each([&](int64_t index, int64_t at) { values[index] = static_cast<const float*>(from)[at]; });
        } else {
            each([&](int64_t index, int64_t at) {
                values[index] = from_bfloat16(static_cast<const uint16_t*>(from)[at]);
            });
        }
        return values;
    }

    /* to = alpha values + beta to (cuDNN, Scaling Parameters); `to` is not read where beta is 0. */
    void store(void* to, const std::vector<float>& values, float alpha = 1.0f, float beta = 0.0f) const {
        if (type == CUDNN_DATA_FLOAT) {
            each([&](int64_t index, int64_t at) {
                float& target = static_cast<float*>(to)[at];
                target = beta == 0.0f ? alpha * values[index] : alpha * values[index] + beta * target;
            });
        } else {
            each([&](int64_t index, int64_t at) {
                uint16_t& target = static_cast<uint16_t*>(to)[at];
                target = to_bfloat16(beta == 0.0f ? alpha * values[index]
                                                  : alpha * values[index] + beta * from_bfloat16(target));
            });
        }
    }
};

/* Where a library's handle does its work. */
struct Context {
    int32_t device = 0;
    void* stream = nullptr;
};

/* alpha and beta of float and bfloat16 tensors are floats in host memory, read when the call is made. */
inline float scaling(const void* factor, float otherwise) {
    return factor == nullptr ? otherwise : *static_cast<const float*>(factor);
}

/*
 * A cuDNN call: finds the objects behind its handles, then adds the memory of its tensors to a Call. What is wrong ends
 * in CUDNN_STATUS_BAD_PARAM, what cuDNN does not offer in CUDNN_STATUS_NOT_SUPPORTED.
 */
class CudnnCall {
public:
    explicit CudnnCall(const char* name) : name_(name) { status_ = static_cast<cudnnStatus_t>(planned_failure(name)); }

    bool ok() const { return status_ == CUDNN_STATUS_SUCCESS; }
    cudnnStatus_t status() const { return status_; }

    template <class T>
    T object(const char* kind, const void* handle) {
        if (!ok()) {
            return T{};
        }
        const std::shared_ptr<void> found = handle_object(name_, kind, handle);
        if (found == nullptr) {
            status_ = CUDNN_STATUS_BAD_PARAM;
            return T{};
        }
        return *std::static_pointer_cast<T>(found);
    }

    Context context(const void* handle) { return object<Context>("cudnnHandle_t", handle); }

    /* A descriptor that has been set. */
    template <class T>
    T descriptor(const char* kind, const void* handle) {
        const T found = object<T>(kind, handle);
        require(found.set, std::string("a ") + kind + " is used before it is set");
        return found;
    }

    Tensor tensor(const void* handle) { return descriptor<Tensor>("cudnnTensorDescriptor_t", handle); }
    Tensor filter(const void* handle) { return descriptor<Tensor>("cudnnFilterDescriptor_t", handle); }

    void require(bool condition, const std::string& reason) {
        if (ok() && !condition) {
            violation(name_, reason);
            status_ = CUDNN_STATUS_BAD_PARAM;
        }
    }

    /* No mistake of the caller's: cuDNN says so and the caller may choose something else. */
    void offer(bool condition) {
        if (ok() && !condition) {
            status_ = CUDNN_STATUS_NOT_SUPPORTED;
        }
    }

    void begin(const Context& context) {
        if (ok()) {
            call_ = std::make_unique<Call>(name_, context.stream);
        }
    }

    const void* reads(const char* what, const Tensor& tensor, const void* address) {
        return touch(what, tensor, const_cast<void*>(address), kRead);
    }

    /* Written only where it is packed and not blended with what is there. */
    void* writes(const char* what, const Tensor& tensor, void* address, float beta = 0.0f) {
        return touch(what, tensor, address, beta == 0.0f && tensor.packed() ? kWrite : kUpdate);
    }

    /* A workspace of at least this many bytes, of which the call leaves nothing that could be relied on. */
    void* workspace(const void* address, size_t bytes, size_t needed) {
        require(bytes >= needed,
                "the workspace has " + std::to_string(bytes) + " bytes, the algorithm needs " + std::to_string(needed));
        return ok() && needed > 0
                   ? call_->writes<char>("workspace", static_cast<char*>(const_cast<void*>(address)), needed)
                   : nullptr;
    }

    Call& memory() { return *call_; }

    cudnnStatus_t submit(std::function<void()> work) {
        if (!ok()) {
            return status_;
        }
        return call_->submit(std::move(work)) == 0 ? CUDNN_STATUS_SUCCESS : CUDNN_STATUS_BAD_PARAM;
    }

private:
    enum Access { kRead, kWrite, kUpdate };

    void* touch(const char* what, const Tensor& tensor, void* address, Access access) {
        if (!ok()) {
            return nullptr;
        }
        const auto count = static_cast<size_t>(tensor.span());
        return tensor.type == CUDNN_DATA_FLOAT ? touch_as<float>(what, address, count, access)
                                               : touch_as<uint16_t>(what, address, count, access);
    }

    template <class T>
    void* touch_as(const char* what, void* address, size_t count, Access access) {
        switch (access) {
            case kRead:
                return const_cast<T*>(call_->reads<T>(what, address, count));
            case kWrite:
                return call_->writes<T>(what, static_cast<T*>(address), count);
            default:
                return call_->updates<T>(what, static_cast<T*>(address), count);
        }
    }

    const char* name_;
    cudnnStatus_t status_;
    std::unique_ptr<Call> call_;
};

/* cudnnCreate...Descriptor: an object that is not set yet. */
template <class T>
cudnnStatus_t create(const char* call, const char* kind, void** handle) {
    if (const int32_t planned = planned_failure(call)) {
        return static_cast<cudnnStatus_t>(planned);
    }
    if (handle == nullptr || forbidden_now(call)) {
        return CUDNN_STATUS_BAD_PARAM;
    }
    *handle = open_handle(kind, std::make_shared<T>());
    return CUDNN_STATUS_SUCCESS;
}

inline cudnnStatus_t destroy(const char* call, const char* kind, void* handle) {
    return forbidden_now(call) || !close_handle(call, kind, handle) ? CUDNN_STATUS_BAD_PARAM : CUDNN_STATUS_SUCCESS;
}

/* cudnnSet...Descriptor: replaces the object's settings, `what` says what is wrong with them, empty for nothing. */
template <class T>
cudnnStatus_t assign(const char* call, const char* kind, void* handle, const T& value, const std::string& wrong) {
    CudnnCall setting(call);
    setting.object<T>(kind, handle);
    setting.require(wrong.empty(), wrong);
    if (setting.ok()) {
        *std::static_pointer_cast<T>(handle_object(call, kind, handle)) = value;
    }
    return setting.status();
}

}  // namespace convoke::simulated

#endif

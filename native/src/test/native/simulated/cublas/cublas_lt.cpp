/*
 * libcublasLt.so.13, simulated. NVIDIA cuBLAS, docs.nvidia.com/cuda/cublas/, section Using the cuBLASLt API; the
 * epilogues are those of the table at cublasLtEpilogue_t there.
 */
#include "cublas_lt.h"

#include <algorithm>
#include <string>
#include <vector>

#include "../device.h"
#include "../numbers.h"

using namespace convoke::simulated;

namespace {

constexpr uint64_t kAlgorithm = 0x434F4E564F4B45; /* what is not from a heuristic is no algorithm */
constexpr size_t kWorkspace = 1024;
/* The mask of a ReLU has a bit an element, and columns of whole 128 bits. */
constexpr int64_t kMaskAlignment = 128;

struct Handle {
    int32_t device = 0;
};

struct Matrix {
    cudaDataType_t type = CUDA_R_32F;
    uint64_t rows = 0, columns = 0;
    int64_t leading = 0;
    cublasLtOrder_t order = CUBLASLT_ORDER_COL;

    size_t at(uint64_t row, uint64_t column) const {
        const auto stride = static_cast<uint64_t>(leading);
        return order == CUBLASLT_ORDER_COL ? column * stride + row : row * stride + column;
    }
    size_t span() const { return at(rows - 1, columns - 1) + 1; }
    bool right() const {
        const uint64_t inner = order == CUBLASLT_ORDER_COL ? rows : columns;
        return rows > 0 && columns > 0 && leading >= 0 && static_cast<uint64_t>(leading) >= inner;
    }
    std::string shape() const { return "[" + std::to_string(rows) + ", " + std::to_string(columns) + "]"; }
};

struct Product {
    cublasComputeType_t compute = CUBLAS_COMPUTE_32F;
    cublasOperation_t a = CUBLAS_OP_N, b = CUBLAS_OP_N;
    cublasLtEpilogue_t epilogue = CUBLASLT_EPILOGUE_DEFAULT;
    void* bias = nullptr;
    int32_t bias_type = -1; /* that of D */
    void* mask = nullptr;
    int64_t mask_leading = 0;

    bool has(cublasLtEpilogue_t part) const { return (epilogue & part) == part; }
    bool adds_bias() const {
        return epilogue == CUBLASLT_EPILOGUE_BIAS || epilogue == CUBLASLT_EPILOGUE_RELU_BIAS ||
               epilogue == CUBLASLT_EPILOGUE_RELU_AUX_BIAS;
    }
    bool rectifies() const { return (epilogue & CUBLASLT_EPILOGUE_RELU) != 0; }
    bool writes_mask() const {
        return epilogue == CUBLASLT_EPILOGUE_RELU_AUX || epilogue == CUBLASLT_EPILOGUE_RELU_AUX_BIAS;
    }
    bool reads_mask() const { return epilogue == CUBLASLT_EPILOGUE_DRELU || epilogue == CUBLASLT_EPILOGUE_DRELU_BGRAD; }
    bool sums_gradient() const {
        return epilogue == CUBLASLT_EPILOGUE_BGRADA || epilogue == CUBLASLT_EPILOGUE_BGRADB ||
               epilogue == CUBLASLT_EPILOGUE_DRELU_BGRAD;
    }
};

struct Preference {
    uint64_t workspace = 0;
};

bool known(cublasLtEpilogue_t epilogue) {
    static const cublasLtEpilogue_t all[] = {CUBLASLT_EPILOGUE_DEFAULT,  CUBLASLT_EPILOGUE_RELU,
                                             CUBLASLT_EPILOGUE_BIAS,     CUBLASLT_EPILOGUE_RELU_BIAS,
                                             CUBLASLT_EPILOGUE_RELU_AUX, CUBLASLT_EPILOGUE_RELU_AUX_BIAS,
                                             CUBLASLT_EPILOGUE_DRELU,    CUBLASLT_EPILOGUE_DRELU_BGRAD,
                                             CUBLASLT_EPILOGUE_BGRADA,   CUBLASLT_EPILOGUE_BGRADB};
    return std::find(std::begin(all), std::end(all), epilogue) != std::end(all);
}

/* The frame of a cuBLASLt call; what is wrong ends in CUBLAS_STATUS_INVALID_VALUE. */
class LtCall {
public:
    explicit LtCall(const char* name) : name_(name), status_(static_cast<cublasStatus_t>(planned_failure(name))) {}

    bool ok() const { return status_ == CUBLAS_STATUS_SUCCESS; }
    cublasStatus_t status() const { return status_; }

    void require(bool condition, const std::string& reason) {
        if (ok() && !condition) {
            violation(name_, reason);
            status_ = CUBLAS_STATUS_INVALID_VALUE;
        }
    }

    void offer(bool condition) {
        if (ok() && !condition) {
            status_ = CUBLAS_STATUS_NOT_SUPPORTED;
        }
    }

    void finish(int32_t error) {
        if (ok() && error != 0) {
            status_ = CUBLAS_STATUS_INVALID_VALUE;
        }
    }

    template <class T>
    std::shared_ptr<T> shared(const char* kind, const void* handle) {
        std::shared_ptr<void> found = ok() ? handle_object(name_, kind, handle) : nullptr;
        if (found == nullptr && ok()) {
            status_ = CUBLAS_STATUS_INVALID_VALUE;
        }
        return std::static_pointer_cast<T>(found);
    }

    template <class T>
    T object(const char* kind, const void* handle) {
        const std::shared_ptr<T> found = shared<T>(kind, handle);
        return found == nullptr ? T{} : *found;
    }

    Matrix matrix(const void* layout) { return object<Matrix>("cublasLtMatrixLayout_t", layout); }

private:
    const char* name_;
    cublasStatus_t status_;
};

template <class T>
cublasStatus_t create(const char* name, const char* kind, void** handle, const T& value) {
    if (const int32_t planned = planned_failure(name)) {
        return static_cast<cublasStatus_t>(planned);
    }
    if (handle == nullptr || forbidden_now(name)) {
        return CUBLAS_STATUS_INVALID_VALUE;
    }
    *handle = open_handle(kind, std::make_shared<T>(value));
    return CUBLAS_STATUS_SUCCESS;
}

cublasStatus_t destroy(const char* name, const char* kind, void* handle) {
    return forbidden_now(name) || !close_handle(name, kind, handle) ? CUBLAS_STATUS_INVALID_VALUE
                                                                    : CUBLAS_STATUS_SUCCESS;
}

/* An attribute's value, of exactly its size. */
template <class T>
void assign(LtCall& call, T& to, const void* value, size_t bytes) {
    call.require(value != nullptr && bytes == sizeof(T),
                 "the attribute has " + std::to_string(sizeof(T)) + " bytes, not " + std::to_string(bytes));
    if (call.ok()) {
        std::memcpy(&to, value, sizeof(T));
    }
}

/* A product of four matrices that go together. */
struct Multiplication {
    Product product;
    Matrix a, b, c, d;
    uint64_t m = 0, n = 0, k = 0;
};

Multiplication multiplication(LtCall& call, const void* product, const void* a, const void* b, const void* c,
                              const void* d) {
    Multiplication asked;
    asked.product = call.object<Product>("cublasLtMatmulDesc_t", product);
    asked.a = call.matrix(a);
    asked.b = call.matrix(b);
    asked.c = call.matrix(c);
    asked.d = call.matrix(d);
    const bool a_turned = asked.product.a == CUBLAS_OP_T;
    const bool b_turned = asked.product.b == CUBLAS_OP_T;
    asked.m = a_turned ? asked.a.columns : asked.a.rows;
    asked.k = a_turned ? asked.a.rows : asked.a.columns;
    asked.n = b_turned ? asked.b.rows : asked.b.columns;
    const uint64_t inner = b_turned ? asked.b.columns : asked.b.rows;
    call.require(asked.k == inner && asked.d.rows == asked.m && asked.d.columns == asked.n && asked.c.rows == asked.m &&
                     asked.c.columns == asked.n,
                 "the shapes do not go together: A " + asked.a.shape() + ", B " + asked.b.shape() + ", C " +
                     asked.c.shape() + ", D " + asked.d.shape());
    for (const Matrix& matrix : {asked.a, asked.b, asked.c, asked.d}) {
        call.require(matrix.right(), "a leading dimension is too small for " + matrix.shape());
    }
    call.offer(asked.a.type == asked.b.type && asked.c.type == asked.d.type &&
               (asked.a.type == CUDA_R_16BF || asked.d.type == CUDA_R_32F));
    call.offer(known(asked.product.epilogue));
    call.offer(asked.product.epilogue == CUBLASLT_EPILOGUE_DEFAULT || asked.d.order == CUBLASLT_ORDER_COL);
    return asked;
}

float element(cudaDataType_t type, const void* from, size_t at) {
    return type == CUDA_R_32F ? static_cast<const float*>(from)[at]
                              : from_bfloat16(static_cast<const uint16_t*>(from)[at]);
}

void put(cudaDataType_t type, void* to, size_t at, float value) {
    if (type == CUDA_R_32F) {
        static_cast<float*>(to)[at] = value;
    } else {
        static_cast<uint16_t*>(to)[at] = to_bfloat16(value);
    }
}

const void* read(Call& memory, const char* what, cudaDataType_t type, const void* address, size_t count) {
    return type == CUDA_R_32F ? static_cast<const void*>(memory.reads<float>(what, address, count))
                              : memory.reads<uint16_t>(what, address, count);
}

void* write(Call& memory, const char* what, cudaDataType_t type, void* address, size_t count) {
    return type == CUDA_R_32F ? static_cast<void*>(memory.updates<float>(what, address, count))
                              : memory.updates<uint16_t>(what, address, count);
}

/* op(M) as rows [M, K] or, of B, as columns [N, K]: what meets in one sum lies side by side. */
std::vector<float> operand(const Matrix& matrix, const void* from, bool rows_outside, bool tf32) {
    std::vector<float> values;
    values.reserve(matrix.rows * matrix.columns);
    const uint64_t outer = rows_outside ? matrix.rows : matrix.columns;
    const uint64_t inner = rows_outside ? matrix.columns : matrix.rows;
    for (uint64_t o = 0; o < outer; ++o) {
        for (uint64_t i = 0; i < inner; ++i) {
            const float value = element(matrix.type, from, rows_outside ? matrix.at(o, i) : matrix.at(i, o));
            values.push_back(tf32 ? to_tf32(value) : value);
        }
    }
    return values;
}

/* Sums of each row of K elements. */
std::vector<float> row_sums(const std::vector<float>& values, uint64_t k) {
    std::vector<float> sums;
    for (size_t first = 0; first < values.size(); first += k) {
        double sum = 0.0;
        for (uint64_t i = 0; i < k; ++i) {
            sum += values[first + i];
        }
        sums.push_back(static_cast<float>(sum));
    }
    return sums;
}

/* Where the work of one product reads and writes. */
struct Places {
    const void* a = nullptr;
    const void* b = nullptr;
    const void* c = nullptr; /* null where beta is 0 */
    void* d = nullptr;
    const void* bias = nullptr;
    void* gradient = nullptr;
    uint8_t* mask = nullptr;
    void* workspace = nullptr;
};

void multiply(const Multiplication& asked, const Places& at, float alpha, float beta) {
    const Product& product = asked.product;
    const bool tf32 = asked.a.type == CUDA_R_32F && product.compute == CUBLAS_COMPUTE_32F_FAST_TF32;
    const std::vector<float> a = operand(asked.a, at.a, product.a == CUBLAS_OP_N, tf32);
    const std::vector<float> b = operand(asked.b, at.b, product.b == CUBLAS_OP_T, tf32);
    const auto bias_type = static_cast<cudaDataType_t>(product.bias_type < 0 ? asked.d.type : product.bias_type);
    std::vector<double> gradient(asked.m, 0.0);
    for (uint64_t column = 0; column < asked.n; ++column) {
        for (uint64_t row = 0; row < asked.m; ++row) {
            float sum = 0.0f;
            for (uint64_t i = 0; i < asked.k; ++i) {
                sum += a[row * asked.k + i] * b[column * asked.k + i];
            }
            float value = alpha * sum;
            if (at.c != nullptr) {
                value += beta * element(asked.c.type, at.c, asked.c.at(row, column));
            }
            if (at.bias != nullptr) {
                value += element(bias_type, at.bias, row);
            }
            const size_t bit = column * static_cast<size_t>(product.mask_leading) + row;
            if (product.writes_mask()) {
                const auto flag = static_cast<uint8_t>(1u << (bit % 8));
                at.mask[bit / 8] =
                    static_cast<uint8_t>(value > 0.0f ? at.mask[bit / 8] | flag : at.mask[bit / 8] & ~flag);
            }
            if (product.rectifies()) {
                value = value > 0.0f || value != value ? value : 0.0f;
            }
            if (product.reads_mask() && (at.mask[bit / 8] >> (bit % 8) & 1) == 0) {
                value = 0.0f;
            }
            gradient[row] += value;
            put(asked.d.type, at.d, asked.d.at(row, column), value);
        }
    }
    if (at.gradient != nullptr) {
        const std::vector<float> sums = product.epilogue == CUBLASLT_EPILOGUE_BGRADA ? row_sums(a, asked.k)
                                        : product.epilogue == CUBLASLT_EPILOGUE_BGRADB
                                            ? row_sums(b, asked.k)
                                            : std::vector<float>(gradient.begin(), gradient.end());
        for (size_t i = 0; i < sums.size(); ++i) {
            put(bias_type, at.gradient, i, sums[i]);
        }
    }
    if (at.workspace != nullptr) {
        std::memset(at.workspace, 0xFF, kWorkspace);
    }
}

}  // namespace

extern "C" {

/* cublasLtGetVersion */
size_t cublasLtGetVersion() { return static_cast<size_t>(std::stol(setting("CONVOKE_SIM_CUBLAS", "130201"))); }

/* cublasLtGetCudartVersion */
size_t cublasLtGetCudartVersion() { return 13000; }

/* cublasLtGetStatusName */
const char* cublasLtGetStatusName(cublasStatus_t status) {
    switch (status) {
        case CUBLAS_STATUS_SUCCESS:
            return "CUBLAS_STATUS_SUCCESS";
        case CUBLAS_STATUS_NOT_INITIALIZED:
            return "CUBLAS_STATUS_NOT_INITIALIZED";
        case CUBLAS_STATUS_ALLOC_FAILED:
            return "CUBLAS_STATUS_ALLOC_FAILED";
        case CUBLAS_STATUS_INVALID_VALUE:
            return "CUBLAS_STATUS_INVALID_VALUE";
        case CUBLAS_STATUS_ARCH_MISMATCH:
            return "CUBLAS_STATUS_ARCH_MISMATCH";
        case CUBLAS_STATUS_EXECUTION_FAILED:
            return "CUBLAS_STATUS_EXECUTION_FAILED";
        case CUBLAS_STATUS_INTERNAL_ERROR:
            return "CUBLAS_STATUS_INTERNAL_ERROR";
        case CUBLAS_STATUS_NOT_SUPPORTED:
            return "CUBLAS_STATUS_NOT_SUPPORTED";
    }
    return "CUBLAS_STATUS_UNKNOWN";
}

/* cublasLtGetStatusString */
const char* cublasLtGetStatusString(cublasStatus_t status) {
    switch (status) {
        case CUBLAS_STATUS_SUCCESS:
            return "success";
        case CUBLAS_STATUS_NOT_INITIALIZED:
            return "the library was not initialized";
        case CUBLAS_STATUS_ALLOC_FAILED:
            return "the resource allocation failed";
        case CUBLAS_STATUS_INVALID_VALUE:
            return "an unsupported value or parameter was passed to the function";
        case CUBLAS_STATUS_ARCH_MISMATCH:
            return "the function requires an architectural feature absent from the device";
        case CUBLAS_STATUS_EXECUTION_FAILED:
            return "the function failed to launch on the GPU";
        case CUBLAS_STATUS_INTERNAL_ERROR:
            return "an internal operation failed";
        case CUBLAS_STATUS_NOT_SUPPORTED:
            return "the functionality requested is not supported";
    }
    return "<unknown>";
}

/* cublasLtCreate: for the current device of the calling thread. */
cublasStatus_t cublasLtCreate(cublasLtHandle_t* handle) {
    return create("cublasLtCreate", "cublasLtHandle_t", handle, Handle{current_device()});
}

/* cublasLtDestroy */
cublasStatus_t cublasLtDestroy(cublasLtHandle_t handle) {
    return destroy("cublasLtDestroy", "cublasLtHandle_t", handle);
}

/* cublasLtMatmulDescCreate: alpha and beta are floats in host memory. */
cublasStatus_t cublasLtMatmulDescCreate(cublasLtMatmulDesc_t* product, cublasComputeType_t compute,
                                        cudaDataType_t scale) {
    const bool known_type = compute == CUBLAS_COMPUTE_32F || compute == CUBLAS_COMPUTE_32F_PEDANTIC ||
                            compute == CUBLAS_COMPUTE_32F_FAST_TF32;
    if (!known_type || scale != CUDA_R_32F) {
        return CUBLAS_STATUS_NOT_SUPPORTED;
    }
    Product made;
    made.compute = compute;
    return create("cublasLtMatmulDescCreate", "cublasLtMatmulDesc_t", product, made);
}

/* cublasLtMatmulDescDestroy */
cublasStatus_t cublasLtMatmulDescDestroy(cublasLtMatmulDesc_t product) {
    return destroy("cublasLtMatmulDescDestroy", "cublasLtMatmulDesc_t", product);
}

/* cublasLtMatmulDescSetAttribute */
cublasStatus_t cublasLtMatmulDescSetAttribute(cublasLtMatmulDesc_t product, cublasLtMatmulDescAttributes_t attribute,
                                              const void* value, size_t bytes) {
    LtCall call("cublasLtMatmulDescSetAttribute");
    const auto set = call.shared<Product>("cublasLtMatmulDesc_t", product);
    if (!call.ok()) {
        return call.status();
    }
    switch (attribute) {
        case CUBLASLT_MATMUL_DESC_COMPUTE_TYPE:
            assign(call, set->compute, value, bytes);
            break;
        case CUBLASLT_MATMUL_DESC_TRANSA:
            assign(call, set->a, value, bytes);
            break;
        case CUBLASLT_MATMUL_DESC_TRANSB:
            assign(call, set->b, value, bytes);
            break;
        case CUBLASLT_MATMUL_DESC_EPILOGUE:
            assign(call, set->epilogue, value, bytes);
            break;
        case CUBLASLT_MATMUL_DESC_BIAS_POINTER:
            assign(call, set->bias, value, bytes);
            break;
        case CUBLASLT_MATMUL_DESC_BIAS_DATA_TYPE:
            assign(call, set->bias_type, value, bytes);
            break;
        case CUBLASLT_MATMUL_DESC_EPILOGUE_AUX_POINTER:
            assign(call, set->mask, value, bytes);
            break;
        case CUBLASLT_MATMUL_DESC_EPILOGUE_AUX_LD:
            assign(call, set->mask_leading, value, bytes);
            break;
        default:
            call.require(false, "attribute " + std::to_string(attribute) + " is not simulated");
    }
    return call.status();
}

/* cublasLtMatmulDescGetAttribute: those that a transcript tells. */
cublasStatus_t cublasLtMatmulDescGetAttribute(cublasLtMatmulDesc_t product, cublasLtMatmulDescAttributes_t attribute,
                                              void* value, size_t bytes, size_t* written) {
    LtCall call("cublasLtMatmulDescGetAttribute");
    const auto asked = call.object<Product>("cublasLtMatmulDesc_t", product);
    const auto give = [&](const auto& from) {
        call.require(value != nullptr && bytes == sizeof from, "the attribute has another size");
        if (call.ok()) {
            std::memcpy(value, &from, sizeof from);
        }
        if (written != nullptr) {
            *written = sizeof from;
        }
    };
    switch (attribute) {
        case CUBLASLT_MATMUL_DESC_COMPUTE_TYPE:
            give(asked.compute);
            break;
        case CUBLASLT_MATMUL_DESC_TRANSA:
            give(asked.a);
            break;
        case CUBLASLT_MATMUL_DESC_TRANSB:
            give(asked.b);
            break;
        case CUBLASLT_MATMUL_DESC_EPILOGUE:
            give(asked.epilogue);
            break;
        case CUBLASLT_MATMUL_DESC_BIAS_POINTER:
            give(asked.bias);
            break;
        default:
            call.require(false, "attribute " + std::to_string(attribute) + " is not simulated");
    }
    return call.status();
}

/* cublasLtMatrixLayoutCreate: columns lie behind each other unless the order is set. */
cublasStatus_t cublasLtMatrixLayoutCreate(cublasLtMatrixLayout_t* layout, cudaDataType_t type, uint64_t rows,
                                          uint64_t columns, int64_t leading) {
    if (type != CUDA_R_32F && type != CUDA_R_16BF) {
        return CUBLAS_STATUS_NOT_SUPPORTED;
    }
    Matrix made;
    made.type = type;
    made.rows = rows;
    made.columns = columns;
    made.leading = leading;
    return create("cublasLtMatrixLayoutCreate", "cublasLtMatrixLayout_t", layout, made);
}

/* cublasLtMatrixLayoutDestroy */
cublasStatus_t cublasLtMatrixLayoutDestroy(cublasLtMatrixLayout_t layout) {
    return destroy("cublasLtMatrixLayoutDestroy", "cublasLtMatrixLayout_t", layout);
}

/* cublasLtMatrixLayoutSetAttribute */
cublasStatus_t cublasLtMatrixLayoutSetAttribute(cublasLtMatrixLayout_t layout,
                                                cublasLtMatrixLayoutAttribute_t attribute, const void* value,
                                                size_t bytes) {
    LtCall call("cublasLtMatrixLayoutSetAttribute");
    const auto set = call.shared<Matrix>("cublasLtMatrixLayout_t", layout);
    if (!call.ok()) {
        return call.status();
    }
    switch (attribute) {
        case CUBLASLT_MATRIX_LAYOUT_TYPE:
            assign(call, set->type, value, bytes);
            break;
        case CUBLASLT_MATRIX_LAYOUT_ORDER:
            assign(call, set->order, value, bytes);
            break;
        case CUBLASLT_MATRIX_LAYOUT_ROWS:
            assign(call, set->rows, value, bytes);
            break;
        case CUBLASLT_MATRIX_LAYOUT_COLS:
            assign(call, set->columns, value, bytes);
            break;
        case CUBLASLT_MATRIX_LAYOUT_LD:
            assign(call, set->leading, value, bytes);
            break;
        default:
            call.require(false, "attribute " + std::to_string(attribute) + " is not simulated");
    }
    return call.status();
}

/* cublasLtMatrixLayoutGetAttribute */
cublasStatus_t cublasLtMatrixLayoutGetAttribute(cublasLtMatrixLayout_t layout,
                                                cublasLtMatrixLayoutAttribute_t attribute, void* value, size_t bytes,
                                                size_t* written) {
    LtCall call("cublasLtMatrixLayoutGetAttribute");
    const Matrix asked = call.matrix(layout);
    const auto give = [&](const auto& from) {
        call.require(value != nullptr && bytes == sizeof from, "the attribute has another size");
        if (call.ok()) {
            std::memcpy(value, &from, sizeof from);
        }
        if (written != nullptr) {
            *written = sizeof from;
        }
    };
    switch (attribute) {
        case CUBLASLT_MATRIX_LAYOUT_TYPE:
            give(asked.type);
            break;
        case CUBLASLT_MATRIX_LAYOUT_ORDER:
            give(asked.order);
            break;
        case CUBLASLT_MATRIX_LAYOUT_ROWS:
            give(asked.rows);
            break;
        case CUBLASLT_MATRIX_LAYOUT_COLS:
            give(asked.columns);
            break;
        case CUBLASLT_MATRIX_LAYOUT_LD:
            give(asked.leading);
            break;
        default:
            call.require(false, "attribute " + std::to_string(attribute) + " is not simulated");
    }
    return call.status();
}

/* cublasLtMatmulPreferenceCreate: no workspace unless one is allowed. */
cublasStatus_t cublasLtMatmulPreferenceCreate(cublasLtMatmulPreference_t* preference) {
    return create("cublasLtMatmulPreferenceCreate", "cublasLtMatmulPreference_t", preference, Preference{});
}

/* cublasLtMatmulPreferenceDestroy */
cublasStatus_t cublasLtMatmulPreferenceDestroy(cublasLtMatmulPreference_t preference) {
    return destroy("cublasLtMatmulPreferenceDestroy", "cublasLtMatmulPreference_t", preference);
}

/* cublasLtMatmulPreferenceSetAttribute: what does not concern the workspace is accepted and without effect. */
cublasStatus_t cublasLtMatmulPreferenceSetAttribute(cublasLtMatmulPreference_t preference,
                                                    cublasLtMatmulPreferenceAttributes_t attribute, const void* value,
                                                    size_t bytes) {
    LtCall call("cublasLtMatmulPreferenceSetAttribute");
    const auto set = call.shared<Preference>("cublasLtMatmulPreference_t", preference);
    if (call.ok() && attribute == CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES) {
        assign(call, set->workspace, value, bytes);
    }
    return call.status();
}

/* cublasLtMatmulAlgoGetHeuristic: two algorithms, of which the first wants a workspace. */
cublasStatus_t cublasLtMatmulAlgoGetHeuristic(cublasLtHandle_t handle, cublasLtMatmulDesc_t product,
                                              cublasLtMatrixLayout_t a, cublasLtMatrixLayout_t b,
                                              cublasLtMatrixLayout_t c, cublasLtMatrixLayout_t d,
                                              cublasLtMatmulPreference_t preference, int32_t requested,
                                              cublasLtMatmulHeuristicResult_t* results, int32_t* returned) {
    LtCall call("cublasLtMatmulAlgoGetHeuristic");
    call.object<Handle>("cublasLtHandle_t", handle);
    const auto limits = call.object<Preference>("cublasLtMatmulPreference_t", preference);
    const Multiplication asked = multiplication(call, product, a, b, c, d);
    call.require(requested > 0 && results != nullptr && returned != nullptr, "no place for a result");
    if (!call.ok()) {
        return call.status();
    }
    *returned = 0;
    for (const size_t workspace : {kWorkspace, size_t{0}}) {
        if (workspace <= limits.workspace && *returned < requested) {
            cublasLtMatmulHeuristicResult_t& result = results[(*returned)++];
            result = {};
            result.algo.data[0] = kAlgorithm;
            result.algo.data[1] = workspace;
            result.algo.data[2] = asked.m;
            result.algo.data[3] = asked.n;
            result.algo.data[4] = asked.k;
            result.workspaceSize = workspace;
            result.state = CUBLAS_STATUS_SUCCESS;
            result.wavesCount = 1.0f;
        }
    }
    return CUBLAS_STATUS_SUCCESS;
}

/* cublasLtMatmul: D = epilogue(alpha op(A) op(B) + beta C); C may be D. */
cublasStatus_t cublasLtMatmul(cublasLtHandle_t handle, cublasLtMatmulDesc_t product, const void* alpha, const void* a,
                              cublasLtMatrixLayout_t a_layout, const void* b, cublasLtMatrixLayout_t b_layout,
                              const void* beta, const void* c, cublasLtMatrixLayout_t c_layout, void* d,
                              cublasLtMatrixLayout_t d_layout, const cublasLtMatmulAlgo_t* algorithm, void* workspace,
                              size_t workspace_bytes, void* stream) {
    LtCall call("cublasLtMatmul");
    const auto on = call.object<Handle>("cublasLtHandle_t", handle);
    const Multiplication asked = multiplication(call, product, a_layout, b_layout, c_layout, d_layout);
    call.require(alpha != nullptr && beta != nullptr, "alpha or beta is null");
    const Product& how = asked.product;
    if (call.ok() && algorithm != nullptr) {
        call.require(algorithm->data[0] == kAlgorithm, "the algorithm is from no heuristic");
        call.require(algorithm->data[2] == asked.m && algorithm->data[3] == asked.n && algorithm->data[4] == asked.k,
                     "the algorithm was chosen for another shape");
        call.require(workspace_bytes >= algorithm->data[1], "the workspace has " + std::to_string(workspace_bytes) +
                                                                " bytes, the algorithm needs " +
                                                                std::to_string(algorithm->data[1]));
    }
    call.require(stream_device(stream) == on.device, "handle and stream are on different devices");
    call.require(!(how.adds_bias() || how.sums_gradient()) || how.bias != nullptr, "the epilogue has no bias");
    const bool masked = how.reads_mask() || how.writes_mask();
    call.require(!masked || (how.mask != nullptr && how.mask_leading % kMaskAlignment == 0 &&
                             how.mask_leading >= static_cast<int64_t>(asked.m)),
                 "the epilogue's mask is missing, or its columns are not whole 128 bits");
    if (!call.ok()) {
        return call.status();
    }
    Call memory("cublasLtMatmul", stream);
    const float alpha_value = *static_cast<const float*>(alpha);
    const float beta_value = *static_cast<const float*>(beta);
    const auto bias_type = static_cast<cudaDataType_t>(how.bias_type < 0 ? asked.d.type : how.bias_type);
    const size_t mask_bytes = asked.n * static_cast<size_t>(how.mask_leading) / 8;
    Places at;
    at.a = read(memory, "A", asked.a.type, a, asked.a.span());
    at.b = read(memory, "B", asked.b.type, b, asked.b.span());
    if (beta_value != 0.0f) {
        at.c = read(memory, "C", asked.c.type, c, asked.c.span());
    }
    at.d = write(memory, "D", asked.d.type, d, asked.d.span());
    if (how.adds_bias()) {
        at.bias = read(memory, "the bias", bias_type, how.bias, asked.m);
    }
    if (how.sums_gradient()) {
        at.gradient = write(memory, "the bias gradient", bias_type, how.bias,
                            how.epilogue == CUBLASLT_EPILOGUE_BGRADB ? asked.n : asked.m);
    }
    if (masked) {
        at.mask = how.writes_mask() ? memory.updates<uint8_t>("the mask", how.mask, mask_bytes)
                                    : const_cast<uint8_t*>(memory.reads<uint8_t>("the mask", how.mask, mask_bytes));
    }
    if (algorithm != nullptr && algorithm->data[1] > 0) {
        at.workspace = memory.writes<char>("the workspace", workspace, algorithm->data[1]);
    }
    call.finish(memory.submit([=] { multiply(asked, at, alpha_value, beta_value); }));
    return call.status();
}

}  // extern "C"

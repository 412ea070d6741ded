/* Simulated cuBLASLt against plain double loops, and that each of its rules finds the one who breaks it. */
#include "../cublas/cublas_lt.h"
#include "device_check.h"

using namespace convoke::test;

namespace {

/* Tens of products of numbers up to 1, added up in float. */
constexpr double kFloatTolerance = 1e-5;
/* One rounding of a result to 8 significant bits. */
constexpr double kBfloat16Tolerance = 1.0 / 256;
/* Two operands of 11 significant bits. */
constexpr double kTf32Tolerance = 3e-3;

constexpr size_t kWorkspace = 4096;

struct Case {
    cudaDataType_t in, out;
    cublasComputeType_t compute;
    cublasOperation_t a, b;
    cublasLtEpilogue_t epilogue;
    uint64_t m, n, k;

    std::string name() const {
        return "matmul epilogue " + std::to_string(epilogue) + (a == CUBLAS_OP_T ? " A'" : " A") +
               (b == CUBLAS_OP_T ? " B'" : " B") + (in == CUDA_R_32F ? " float" : " bfloat16") +
               (out == CUDA_R_32F ? " to float" : " to bfloat16") +
               (compute == CUBLAS_COMPUTE_32F_FAST_TF32 ? " tf32" : "");
    }
    double absolute() const { return compute == CUBLAS_COMPUTE_32F_FAST_TF32 ? kTf32Tolerance : kFloatTolerance; }
    double relative() const { return out == CUDA_R_32F ? kFloatTolerance : kBfloat16Tolerance; }
};

/* The descriptors of one product. */
struct Product {
    explicit Product(const Case& c)
        : rows_a(c.a == CUBLAS_OP_N ? c.m : c.k), rows_b(c.b == CUBLAS_OP_N ? c.k : c.n), leading_d(c.m + 2) {
        cublasLtCreate(&handle);
        cublasLtMatmulDescCreate(&product, c.compute, CUDA_R_32F);
        cublasLtMatmulDescSetAttribute(product, CUBLASLT_MATMUL_DESC_TRANSA, &c.a, sizeof c.a);
        cublasLtMatmulDescSetAttribute(product, CUBLASLT_MATMUL_DESC_TRANSB, &c.b, sizeof c.b);
        cublasLtMatmulDescSetAttribute(product, CUBLASLT_MATMUL_DESC_EPILOGUE, &c.epilogue, sizeof c.epilogue);
        cublasLtMatrixLayoutCreate(&a, c.in, rows_a, c.m * c.k / rows_a, static_cast<int64_t>(rows_a));
        cublasLtMatrixLayoutCreate(&b, c.in, rows_b, c.n * c.k / rows_b, static_cast<int64_t>(rows_b));
        cublasLtMatrixLayoutCreate(&d, c.out, c.m, c.n, static_cast<int64_t>(leading_d));
        cublasLtMatmulPreferenceCreate(&preference);
        cublasLtMatmulPreferenceSetAttribute(preference, CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES, &kWorkspace,
                                             sizeof kWorkspace);
    }
    ~Product() {
        cublasLtMatmulPreferenceDestroy(preference);
        for (void* layout : {a, b, d}) {
            cublasLtMatrixLayoutDestroy(layout);
        }
        cublasLtMatmulDescDestroy(product);
        cublasLtDestroy(handle);
    }

    void set(cublasLtMatmulDescAttributes_t attribute, const void* pointer) {
        cublasLtMatmulDescSetAttribute(product, attribute, &pointer, sizeof pointer);
    }

    cublasLtMatmulHeuristicResult_t best() {
        cublasLtMatmulHeuristicResult_t result{};
        int32_t count = 0;
        cublasLtMatmulAlgoGetHeuristic(handle, product, a, b, d, d, preference, 1, &result, &count);
        return result;
    }

    uint64_t rows_a, rows_b, leading_d;
    void *handle = nullptr, *product = nullptr, *a = nullptr, *b = nullptr, *d = nullptr, *preference = nullptr;
};

/* Device memory of either type, filled from floats and read as floats. */
struct Values {
    Values(cudaDataType_t type, const std::vector<float>& values)
        : type(type), floats(values), sixteen(bfloat16(values)) {}

    void* get() const { return type == CUDA_R_32F ? static_cast<void*>(floats.get()) : sixteen.get(); }
    std::vector<float> read() const { return type == CUDA_R_32F ? floats.values() : widened(sixteen.values()); }

    cudaDataType_t type;
    OnDevice<float> floats;
    OnDevice<uint16_t> sixteen;
};

void product(Check& check, const Case& c) {
    Product of(c);
    Numbers numbers(9);
    const auto stored = [](cudaDataType_t type, const std::vector<float>& values) {
        return type == CUDA_R_32F ? values : widened(bfloat16(values));
    };
    const std::vector<float> as = stored(c.in, numbers.floats(c.m * c.k));
    const std::vector<float> bs = stored(c.in, numbers.floats(c.k * c.n));
    const std::vector<float> ds = stored(c.out, numbers.floats(of.leading_d * c.n));
    const std::vector<float> biases = stored(c.out, numbers.floats(std::max(c.m, c.n)));
    const std::vector<uint8_t> mask = numbers.bytes(16 * c.n);
    Values a(c.in, as), b(c.in, bs), d(c.out, ds), bias(c.out, biases);
    OnDevice<uint8_t> bits(mask);
    OnDevice<char> workspace(kWorkspace);
    const int64_t mask_leading = 128;
    of.set(CUBLASLT_MATMUL_DESC_BIAS_POINTER, bias.get());
    of.set(CUBLASLT_MATMUL_DESC_EPILOGUE_AUX_POINTER, bits.get());
    cublasLtMatmulDescSetAttribute(of.product, CUBLASLT_MATMUL_DESC_EPILOGUE_AUX_LD, &mask_leading,
                                   sizeof mask_leading);
    const float alpha = 0.5f;
    const float beta = c.epilogue == CUBLASLT_EPILOGUE_DEFAULT ? 2.0f : 0.0f;
    const auto algorithm = of.best();
    const int32_t status =
        cublasLtMatmul(of.handle, of.product, &alpha, a.get(), of.a, b.get(), of.b, &beta, d.get(), of.d, d.get(), of.d,
                       &algorithm.algo, workspace.get(), algorithm.workspaceSize, nullptr);
    check.that(status == CUBLAS_STATUS_SUCCESS, c.name() + ": succeeds");

    std::vector<double> expected(ds.begin(), ds.end());
    std::vector<double> gradient(biases.begin(), biases.end());
    std::vector<uint8_t> expected_mask = mask;
    const bool adds = c.epilogue == CUBLASLT_EPILOGUE_BIAS || c.epilogue == CUBLASLT_EPILOGUE_RELU_BIAS ||
                      c.epilogue == CUBLASLT_EPILOGUE_RELU_AUX_BIAS;
    const bool gates = c.epilogue == CUBLASLT_EPILOGUE_DRELU || c.epilogue == CUBLASLT_EPILOGUE_DRELU_BGRAD;
    const auto a_at = [&](uint64_t i, uint64_t l) { return as[c.a == CUBLAS_OP_N ? l * c.m + i : i * c.k + l]; };
    const auto b_at = [&](uint64_t l, uint64_t j) { return bs[c.b == CUBLAS_OP_N ? j * c.k + l : l * c.n + j]; };
    for (uint64_t i = 0; i < c.m; ++i) {
        double of_row = 0.0;
        for (uint64_t j = 0; j < c.n; ++j) {
            double sum = 0.0;
            for (uint64_t l = 0; l < c.k; ++l) {
                sum += static_cast<double>(a_at(i, l)) * b_at(l, j);
            }
            const size_t at = j * of.leading_d + i;
            double value = alpha * sum + beta * ds[at] + (adds ? biases[i] : 0.0);
            const size_t bit = j * 128 + i;
            if (c.epilogue == CUBLASLT_EPILOGUE_RELU_AUX_BIAS) {
                const auto flag = static_cast<uint8_t>(1u << bit % 8);
                expected_mask[bit / 8] =
                    static_cast<uint8_t>(value > 0.0 ? expected_mask[bit / 8] | flag : expected_mask[bit / 8] & ~flag);
            }
            if ((c.epilogue & CUBLASLT_EPILOGUE_RELU) != 0) {
                value = std::max(0.0, value);
            }
            if (gates && (mask[bit / 8] >> bit % 8 & 1) == 0) {
                value = 0.0;
            }
            expected[at] = check.planted() ? value + 0.01 : value;
            of_row += value;
        }
        if (c.epilogue == CUBLASLT_EPILOGUE_DRELU_BGRAD) {
            gradient[i] = of_row;
        }
        if (c.epilogue == CUBLASLT_EPILOGUE_BGRADA) {
            gradient[i] = 0.0;
            for (uint64_t l = 0; l < c.k; ++l)
                gradient[i] += a_at(i, l);
        }
    }
    for (uint64_t j = 0; c.epilogue == CUBLASLT_EPILOGUE_BGRADB && j < c.n; ++j) {
        gradient[j] = 0.0;
        for (uint64_t l = 0; l < c.k; ++l)
            gradient[j] += b_at(l, j);
    }
    check.close(d.read(), expected, c.absolute(), c.relative(), c.name() + ", D");
    check.close(bias.read(), gradient, 2 * c.absolute(), c.relative(), c.name() + ", bias");
    check.same_bits(bits.values(), expected_mask, c.name() + ", mask");
}

void products(Check& check) {
    for (const auto a : {CUBLAS_OP_N, CUBLAS_OP_T}) {
        for (const auto b : {CUBLAS_OP_N, CUBLAS_OP_T}) {
            for (const auto compute : {CUBLAS_COMPUTE_32F, CUBLAS_COMPUTE_32F_FAST_TF32}) {
                product(check, {CUDA_R_32F, CUDA_R_32F, compute, a, b, CUBLASLT_EPILOGUE_DEFAULT, 7, 5, 11});
            }
        }
    }
    for (const auto epilogue :
         {CUBLASLT_EPILOGUE_RELU, CUBLASLT_EPILOGUE_BIAS, CUBLASLT_EPILOGUE_RELU_BIAS, CUBLASLT_EPILOGUE_RELU_AUX_BIAS,
          CUBLASLT_EPILOGUE_DRELU, CUBLASLT_EPILOGUE_DRELU_BGRAD, CUBLASLT_EPILOGUE_BGRADA, CUBLASLT_EPILOGUE_BGRADB}) {
        product(check, {CUDA_R_32F, CUDA_R_32F, CUBLAS_COMPUTE_32F, CUBLAS_OP_T, CUBLAS_OP_N, epilogue, 10, 6, 13});
        product(check, {CUDA_R_16BF, CUDA_R_16BF, CUBLAS_COMPUTE_32F, CUBLAS_OP_N, CUBLAS_OP_T, epilogue, 9, 4, 17});
        product(check, {CUDA_R_16BF, CUDA_R_32F, CUBLAS_COMPUTE_32F, CUBLAS_OP_N, CUBLAS_OP_N, epilogue, 3, 8, 5});
    }
}

void rows_may_lie_behind_each_other(Check& check) {
    const Case c{CUDA_R_32F, CUDA_R_32F, CUBLAS_COMPUTE_32F, CUBLAS_OP_N, CUBLAS_OP_N, CUBLASLT_EPILOGUE_DEFAULT, 2,
                 2,          2};
    Product of(c);
    const cublasLtOrder_t rows = CUBLASLT_ORDER_ROW;
    const int64_t leading = 2;
    for (void* layout : {of.a, of.b, of.d}) {
        cublasLtMatrixLayoutSetAttribute(layout, CUBLASLT_MATRIX_LAYOUT_ORDER, &rows, sizeof rows);
        cublasLtMatrixLayoutSetAttribute(layout, CUBLASLT_MATRIX_LAYOUT_LD, &leading, sizeof leading);
    }
    OnDevice<float> a(std::vector<float>{1, 2, 3, 4}), b(std::vector<float>{5, 6, 7, 8}), d(4);
    const float one = 1.0f;
    const float zero = 0.0f;
    cublasLtMatmul(of.handle, of.product, &one, a.get(), of.a, b.get(), of.b, &zero, d.get(), of.d, d.get(), of.d,
                   nullptr, nullptr, 0, nullptr);
    check.close(d.values(), std::vector<double>{19, 22, 43, 50}, 0.0, 0.0, "matrices by rows");
}

void rules(Check& check) {
    const Case c{CUDA_R_32F, CUDA_R_32F, CUBLAS_COMPUTE_32F, CUBLAS_OP_N, CUBLAS_OP_N, CUBLASLT_EPILOGUE_BIAS, 4, 3, 5};
    const Case d{CUDA_R_32F, CUDA_R_32F, CUBLAS_COMPUTE_32F, CUBLAS_OP_N, CUBLAS_OP_N, CUBLASLT_EPILOGUE_BIAS, 4, 3, 6};
    Product of(c);
    Product another(d);
    OnDevice<float> as(20), bs(15), ds(18), biases(4);
    OnDevice<char> workspace(kWorkspace);
    const float one = 1.0f;
    const float zero = 0.0f;
    of.set(CUBLASLT_MATMUL_DESC_BIAS_POINTER, biases.get());
    const auto multiply = [&](void* a_layout, const float* a, const cublasLtMatmulAlgo_t* algorithm, size_t bytes) {
        return cublasLtMatmul(of.handle, of.product, &one, a, a_layout, bs.get(), of.b, &zero, ds.get(), of.d, ds.get(),
                              of.d, algorithm, workspace.get(), bytes, nullptr);
    };
    const auto best = of.best();
    check.that(multiply(of.a, as.get(), &best.algo, kWorkspace) == CUBLAS_STATUS_SUCCESS, "right as it stands");
    refused(check, "a matrix longer than its memory", "A needs 80 bytes from byte 4 on, the allocation has 80",
            [&] { return multiply(of.a, as.get() + 1, &best.algo, kWorkspace); });
    refused(check, "a host pointer", "A is no device memory",
            [&] { return multiply(of.a, &one, &best.algo, kWorkspace); });
    refused(check, "shapes that do not fit", "the shapes do not go together",
            [&] { return multiply(another.a, as.get(), &best.algo, kWorkspace); });
    refused(check, "a small workspace", "the workspace has 8 bytes, the algorithm needs 1024",
            [&] { return multiply(of.a, as.get(), &best.algo, 8); });
    const cublasLtMatmulAlgo_t invented{};
    refused(check, "an algorithm that is none", "from no heuristic",
            [&] { return multiply(of.a, as.get(), &invented, kWorkspace); });
    const auto of_another = another.best();
    refused(check, "an algorithm of another shape", "chosen for another shape",
            [&] { return multiply(of.a, as.get(), &of_another.algo, kWorkspace); });
    refused(check, "a descriptor where a layout belongs", "stands where a cublasLtMatrixLayout_t belongs",
            [&] { return multiply(of.product, as.get(), &best.algo, kWorkspace); });
    of.set(CUBLASLT_MATMUL_DESC_BIAS_POINTER, nullptr);
    refused(check, "no bias", "the epilogue has no bias",
            [&] { return multiply(of.a, as.get(), &best.algo, kWorkspace); });
    refused(check, "an attribute of another size", "the attribute has 4 bytes, not 8", [&] {
        const int64_t epilogue = CUBLASLT_EPILOGUE_DEFAULT;
        return cublasLtMatmulDescSetAttribute(of.product, CUBLASLT_MATMUL_DESC_EPILOGUE, &epilogue, sizeof epilogue);
    });
    void* layout = nullptr;
    cublasLtMatrixLayoutCreate(&layout, CUDA_R_32F, 4, 5, 3);
    refused(check, "columns that overlap", "a leading dimension is too small",
            [&] { return multiply(layout, as.get(), &best.algo, kWorkspace); });
    cublasLtMatrixLayoutDestroy(layout);
    refused(check, "a layout after its end", "is used after its end",
            [&] { return multiply(layout, as.get(), &best.algo, kWorkspace); });
    sim_forbid_allocation(SIM_ALLOCATION_FORBIDDEN_HERE);
    refused(check, "a layout made in a step", "inside a step",
            [&] { return cublasLtMatrixLayoutCreate(&layout, CUDA_R_32F, 1, 1, 1); });
    sim_forbid_allocation(SIM_ALLOCATION_ALLOWED);
}

}  // namespace

int main(int argc, char** argv) {
    Check check("cublas_test", argc, argv);
    for (const auto test : {products, rows_may_lie_behind_each_other, rules}) {
        test(check);
        clean(check, "the test");
    }
    return check.finish();
}

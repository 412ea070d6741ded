/*
 * The first layer of a network for grey pictures: convolution 3x3 of one channel, bias, ReLU and 2x2 max pooling. With
 * nine products an output there is nothing for tensor cores to do; what costs is writing the convolution's output, four
 * times the pooled one's size, and reading it again. Here it never leaves the registers.
 *
 * Forward: a thread has 8 filters of one pooled pixel: the 4x4 inputs below it, 72 weights from shared memory.
 * Backward: a thread has one filter and walks over pooled pixels; the window's code says which of its four outputs had
 * a gradient, so a quarter of the products of a dense pass is left, and none where ReLU was shut.
 */
#include "../functors/first_convolution.h"
#include "../functors/precise_sum.h"
#include "sums.h"

namespace convoke::CONVOKE_ISA {
namespace {

constexpr int32_t kTaps = 9;
constexpr int32_t kMostFilters = 128;

/* Filters of a thread in the forward pass. */
constexpr int kFilters = 8;

/* One launch's shapes. */
struct Layer {
    int32_t n;
    int32_t h;
    int32_t w;
    int32_t filters;
    int32_t pad;
    int32_t ph; /* rows after pooling */
    int32_t pw;

    __host__ __device__ int64_t pixels() const { return (int64_t)n * ph * pw; }
};

Layer make_layer(int32_t n, int32_t h, int32_t w, int32_t filters, int32_t pad) {
    return Layer{n, h, w, filters, pad, (h + 2 * pad - 2) / 2, (w + 2 * pad - 2) / 2};
}

/* The 4x4 inputs of pooled pixel (row, column), zeros outside the picture. */
template <class T>
__device__ Patch load_patch(const T* picture, const Layer& layer, int32_t row, int32_t column) {
    Patch patch;
    for (int i = 0; i < 16; ++i) {
        const int32_t r = 2 * row - layer.pad + i / 4;
        const int32_t c = 2 * column - layer.pad + i % 4;
        const bool inside = r >= 0 && r < layer.h && c >= 0 && c < layer.w;
        patch.pixel[i] = inside ? to_float(picture[(int64_t)r * layer.w + c]) : 0.0f;
    }
    return patch;
}

template <class T>
__global__ void __launch_bounds__(kThreads)
    first_convolution_kernel(const T* x, const float* kernel, const float* bias, Layer layer, T* y, Code* codes) {
    /* A thread's filters side by side, so that it loads them in vectors. */
    __shared__ Vector<float, kFilters> weights[kMostFilters / kFilters * kTaps]; /* [filters / 8, 9] */
    for (int32_t i = (int32_t)threadIdx.x; i < kTaps * layer.filters; i += kThreads) {
        const int32_t filter = i / kTaps;
        weights[filter / kFilters * kTaps + i % kTaps].lane[filter % kFilters] = kernel[i];
    }
    __syncthreads();
    const RowPlace<kFilters> place(thread_index(), layer.filters);
    if (place.row >= layer.pixels()) {
        return;
    }
    const uint32_t line = (uint32_t)place.row / (uint32_t)layer.pw;
    const int32_t column = (int32_t)((uint32_t)place.row % (uint32_t)layer.pw);
    const int64_t image = line / (uint32_t)layer.ph;
    const int32_t row = (int32_t)(line % (uint32_t)layer.ph);
    const Patch patch = load_patch(x + image * layer.h * layer.w, layer, row, column);
    float added[kFilters];
    float values[kFilters];
    int32_t found[kFilters];
    load(bias + place.channel, added);
    const float* of_thread = weights[place.channel / kFilters * kTaps].lane;
    for (int i = 0; i < kFilters; ++i) {
        const ActiveMaximum active = convolve_and_pool(patch, of_thread + i, kFilters, added[i]);
        values[i] = active.value;
        found[i] = active.code;
    }
    store(values, y + place.offset(layer.filters));
    if (codes != nullptr) {
        store(found, codes + place.offset(layer.filters));
    }
}

/* --- Backward ----------------------------------------------------------------------------------------------------- */

/* Pooled rows that a block takes at a time, and the inputs below them, copied to shared memory with their padding. */
constexpr int32_t kBandRows = 7;
constexpr int32_t kBandInputRows = 2 * kBandRows + 2;
constexpr int32_t kMostWidth = 512;

/* Blocks, at most: each leaves the sums of all filters in the workspace. */
constexpr int64_t kMostBackwardBlocks = 128;

/* Sums of a filter: nine taps and the bias. */
constexpr int kSums = kTaps + 1;

/*
 * Parts that the last block cuts the partial sums into; half as many with the most filters, for whose sums there would
 * not be room.
 */
constexpr int32_t kSlices = 4;

int64_t bands_of(const Layer& layer) { return (int64_t)layer.n * ((layer.ph + kBandRows - 1) / kBandRows); }

dim3 backward_blocks(const Layer& layer) {
    const int64_t bands = bands_of(layer);
    return dim3((unsigned)(bands < kMostBackwardBlocks ? bands : kMostBackwardBlocks));
}

/* The inputs below a band, [kBandInputRows, w + 2 * pad], zeros outside the picture. Every thread must come here. */
template <class T>
__device__ void copy_band(const T* picture, const Layer& layer, int32_t first_row, float* band) {
    const int32_t width = layer.w + 2 * layer.pad;
    for (int32_t i = (int32_t)threadIdx.x; i < kBandInputRows * width; i += kThreads) {
        const int32_t r = 2 * first_row - layer.pad + i / width;
        const int32_t c = i % width - layer.pad;
        const bool inside = r >= 0 && r < layer.h && c >= 0 && c < layer.w;
        band[i] = inside ? to_float(picture[(int64_t)r * layer.w + c]) : 0.0f;
    }
    __syncthreads();
}

/*
 * sums += one filter's share of a band: pooled pixels `lane`, lane + lanes, ... of `rows` rows. dy and codes point at
 * the band's first pixel, this filter.
 */
template <class T>
__device__ void add_band(const T* dy, const Code* codes, const float* band, const Layer& layer, int32_t rows,
                         int32_t lane, int32_t lanes, float (&sums)[kSums]) {
    const int32_t width = layer.w + 2 * layer.pad;
    const int32_t pixels = rows * layer.pw;
    for (int32_t first = lane; first < pixels; first += kInFlight * lanes) {
        /* All loads first: read one by one, a gradient would wait for its code, and a pixel for the one before. */
        float gradients[kInFlight];
        int32_t found[kInFlight];
        for (int k = 0; k < kInFlight; ++k) {
            const int32_t pixel = first + k * lanes;
            const int64_t at = (int64_t)(pixel < pixels ? pixel : first) * layer.filters;
            gradients[k] = to_float(dy[at]);
            const int32_t code = codes[at].byte;
            found[k] = pixel < pixels ? code : kDeadWindow;
        }
        for (int k = 0; k < kInFlight; ++k) {
            if (found[k] != kDeadWindow) {
                const int32_t pixel = first + k * lanes;
                const int32_t row = 2 * (pixel / layer.pw) + found[k] / 2;
                const int32_t column = 2 * (pixel % layer.pw) + found[k] % 2;
                const float* corner = band + row * width + column;
                for (int tap = 0; tap < kTaps; ++tap) {
                    sums[tap] = fused_multiply_add(gradients[k], corner[tap / 3 * width + tap % 3], sums[tap]);
                }
                sums[kTaps] += gradients[k];
            }
        }
    }
}

/*
 * The last block's part: dkernel and dbias from the partial sums [blocks, kSums, filters], which `slices` threads share
 * for each of the sums. `of_slice` is shared memory, [slices, kSums, filters]. Every thread must come here.
 */
__device__ void finish_filters(const float* partials, int32_t blocks, int32_t filters, int32_t slices,
                               PreciseSum* of_slice, float* dkernel, float* dbias) {
    const int32_t values = kSums * filters;
    for (int32_t i = (int32_t)threadIdx.x; i < slices * values; i += kThreads) {
        PreciseSum sum{};
        for_steps<8>(i / values, blocks, slices,
                     [&](int64_t b) { sum.add(load_published(partials + b * values + i % values)); });
        of_slice[i] = sum;
    }
    __syncthreads();
    for (int32_t i = (int32_t)threadIdx.x; i < values; i += kThreads) {
        PreciseSum total = of_slice[i];
        for (int32_t slice = 1; slice < slices; ++slice) {
            total.add(of_slice[slice * values + i]);
        }
        const int32_t sum = i / filters;
        const int32_t filter = i % filters;
        if (sum < kTaps) {
            dkernel[filter * kTaps + sum] = total.value();
        } else {
            dbias[filter] = total.value();
        }
    }
}

template <class T>
__global__ void __launch_bounds__(kThreads)
    first_convolution_backward_kernel(const T* x, const T* dy, const Code* codes, Layer layer, float* dkernel,
                                      float* dbias, float* partials, convoke_step_state* state) {
    /* First the band of inputs, then the threads' sums, in the last block those of its slices. */
    constexpr int32_t kBand = kBandInputRows * (kMostWidth + 2);
    __shared__ PreciseSum memory[kBand / 2];
    static_assert(kSums * kThreads <= kBand, "the sums fit");
    static_assert(kSlices * kSums * kMostFilters / 2 <= kBand / 2, "those of the slices fit");
    float* shared = &memory[0].high;
    const int32_t filter = (int32_t)threadIdx.x % layer.filters;
    const int32_t lane = (int32_t)threadIdx.x / layer.filters;
    const int32_t lanes = kThreads / layer.filters;
    const int32_t bands = (layer.ph + kBandRows - 1) / kBandRows;
    float sums[kSums] = {};
    for (int32_t item = (int32_t)blockIdx.x; item < layer.n * bands; item += (int32_t)gridDim.x) {
        const int64_t image = item / bands;
        const int32_t first_row = item % bands * kBandRows;
        const int32_t rows = layer.ph - first_row < kBandRows ? layer.ph - first_row : kBandRows;
        const int64_t at = (image * layer.ph + first_row) * layer.pw * layer.filters + filter;
        __syncthreads();
        copy_band(x + image * layer.h * layer.w, layer, first_row, shared);
        add_band(dy + at, codes + at, shared, layer, rows, lane, lanes, sums);
    }
    __syncthreads();
    for (int s = 0; s < kSums; ++s) {
        shared[s * kThreads + (int32_t)threadIdx.x] = sums[s];
    }
    __syncthreads();
    for (int32_t i = (int32_t)threadIdx.x; i < kSums * layer.filters; i += kThreads) {
        PreciseSum total{};
        for (int32_t l = 0; l < lanes; ++l) {
            total.add(shared[i / layer.filters * kThreads + l * layer.filters + i % layer.filters]);
        }
        partials[(int64_t)blockIdx.x * kSums * layer.filters + i] = total.value();
    }
    if (is_last_block(state)) {
        const int32_t slices = layer.filters < kMostFilters ? kSlices : kSlices / 2;
        finish_filters(partials, (int32_t)gridDim.x, layer.filters, slices, memory, dkernel, dbias);
    }
}

void require_served(Launch& launch, const Layer& layer) {
    const int32_t f = layer.filters;
    launch.require(f == 8 || f == 16 || f == 32 || f == 64 || f == 128, "filters are not 8, 16, 32, 64 or 128");
    launch.require(layer.w <= kMostWidth && layer.pad >= 0 && layer.pad <= 1, "w is above 512, or pad neither 0 nor 1");
    launch.require(layer.ph > 0 && layer.pw > 0, "the picture is too small");
}

int64_t workspace_bytes(const Layer& layer) {
    return (int64_t)backward_blocks(layer).x * kSums * layer.filters * (int64_t)sizeof(float);
}

}  // namespace
}  // namespace convoke::CONVOKE_ISA

using namespace convoke::CONVOKE_ISA;

extern "C" {

int32_t convoke_cuda_first_convolution_forward(int32_t type, const void* x, const float* kernel, const float* bias,
                                               int32_t n, int32_t h, int32_t w, int32_t filters, int32_t pad, void* y,
                                               uint8_t* codes, convoke_stream stream) {
    const Layer layer = make_layer(n, h, w, filters, pad);
    return with_type(type, [&](auto format) {
        using T = decltype(format);
        Launch launch("convoke_cuda_first_convolution_forward", stream);
        require_served(launch, layer);
        const int64_t outputs = layer.pixels() * filters;
        launch.add(first_convolution_kernel<T>, blocks_for(outputs / kFilters), kThreads,
                   launch.reads<T>("x", x, (int64_t)n * h * w), launch.reads<float>("kernel", kernel, filters * kTaps),
                   launch.reads<float>("bias", bias, filters), layer, launch.writes<T>("y", y, outputs),
                   launch.writes<Code>("codes", codes, codes == nullptr ? 0 : outputs));
        return launch.submit();
    });
}

int64_t convoke_cuda_first_convolution_workspace_bytes(int32_t n, int32_t h, int32_t w, int32_t filters, int32_t pad) {
    return workspace_bytes(make_layer(n, h, w, filters, pad));
}

int32_t convoke_cuda_first_convolution_backward(int32_t type, const void* x, const void* dy, const uint8_t* codes,
                                                int32_t n, int32_t h, int32_t w, int32_t filters, int32_t pad,
                                                float* dkernel, float* dbias, void* workspace,
                                                convoke_step_state* state, convoke_stream stream) {
    const Layer layer = make_layer(n, h, w, filters, pad);
    return with_type(type, [&](auto format) {
        using T = decltype(format);
        Launch launch("convoke_cuda_first_convolution_backward", stream);
        require_served(launch, layer);
        const int64_t outputs = layer.pixels() * filters;
        launch.add(first_convolution_backward_kernel<T>, backward_blocks(layer), kThreads,
                   launch.reads<T>("x", x, (int64_t)n * h * w), launch.reads<T>("dy", dy, outputs),
                   launch.reads<Code>("codes", codes, outputs), layer,
                   launch.writes<float>("dkernel", dkernel, filters * kTaps),
                   launch.writes<float>("dbias", dbias, filters),
                   launch.writes<float>("workspace", workspace, workspace_bytes(layer) / 4),
                   launch.updates<convoke_step_state>("state", state, 1));
        return launch.submit();
    });
}

}  // extern "C"

/*
 * From the data set on the device to a batch: gather in the epoch's order, warp, flip, erase, normalise and cast in one
 * launch, and the elastic fields that a warp may add. A block takes a picture, several a large one: it copies the bytes
 * into shared memory, a vector at a time, since a warp looks at each of them up to four times in an order that only the
 * angles know.
 */
#include "../functors/augment.h"
#include "../functors/philox.h"
#include "vector.h"

namespace convoke::CONVOKE_ISA {
namespace {

/* Bytes of a picture that is copied; larger ones are sampled where they lie. */
constexpr int32_t kPictureBytes = 12288;

/* What an image is to be answered with: a row of words. */
struct Targets {
    const uint32_t* rows; /* [total, words] */
    uint32_t* out_rows;   /* [count, words] */
    int32_t words;

    /* The targets of image `index` to place `image` of the batch, by the block of the picture's first part. */
    __device__ void gather(int32_t index, int32_t image) const {
        for (int32_t i = (int32_t)threadIdx.x; blockIdx.y == 0 && i < words; i += kThreads) {
            out_rows[(int64_t)image * words + i] = rows[(int64_t)index * words + i];
        }
    }
};

struct LoadBatch {
    const uint8_t* images; /* [total, h, w, c] */
    const int32_t* order;  /* [positions] */
    int32_t positions;
    int32_t h;
    int32_t w;
    int32_t c;
    const float* affine;       /* [positions, 6] or null */
    const uint8_t* flips;      /* [positions] or null */
    const float* displacement; /* [count, 2, h, w] or null */
    const int32_t* erase;      /* [positions, 4] or null */
    float erase_value;
    Targets targets;

    __device__ int32_t size() const { return h * w * c; }
};

/* Where a picture's pixels look. */
struct Warp {
    const uint8_t* picture; /* [h, w, c] */
    int32_t h;
    int32_t w;
    int32_t c;
    float affine[6];
    int32_t flip;
    const float* displacement; /* [2, h, w] or null */

    __device__ float sample(int32_t row, int32_t column, int32_t channel) const {
        const int32_t r = (flip & CONVOKE_FLIP_VERTICAL) != 0 ? h - 1 - row : row;
        const int32_t s = (flip & CONVOKE_FLIP_HORIZONTAL) != 0 ? w - 1 - column : column;
        float down = affine_coordinate(affine[0], affine[1], affine[2], (float)r, (float)s);
        float across = affine_coordinate(affine[3], affine[4], affine[5], (float)r, (float)s);
        if (displacement != nullptr) {
            down += displacement[r * w + s];
            across += displacement[h * w + r * w + s];
        }
        down = clamp_coordinate(down, (float)(h - 1));
        across = clamp_coordinate(across, (float)(w - 1));
        const int32_t top = (int32_t)down;
        const int32_t left = (int32_t)across;
        const int32_t right = left < w - 1 ? c : 0;
        const int32_t below = top < h - 1 ? w * c : 0;
        const uint8_t* here = picture + (top * w + left) * c + channel;
        return bilinear(pack_corners(here[0], here[right], here[below], here[below + right]), down - (float)top,
                        across - (float)left);
    }
};

/* Copies a picture into shared memory. The caller synchronises. */
__device__ void copy_picture(const uint8_t* picture, int32_t bytes, uint8_t* to) {
    constexpr int32_t kBytes = 16;
    int32_t copied = 0;
    if (reinterpret_cast<uintptr_t>(picture) % kBytes == 0) {
        copied = bytes / kBytes * kBytes;
        for (int32_t i = (int32_t)threadIdx.x * kBytes; i < copied; i += kThreads * kBytes) {
            *reinterpret_cast<Vector<uint8_t, kBytes>*>(to + i) =
                *reinterpret_cast<const Vector<uint8_t, kBytes>*>(picture + i);
        }
    }
    for (int32_t i = copied + (int32_t)threadIdx.x; i < bytes; i += kThreads) {
        to[i] = picture[i];
    }
}

/* Blocks of the gather that are to fit on a multiprocessor together: for more the compiler would spill registers. */
constexpr int kGatherBlocks = 4;

/* Blocks that share a picture, at most. */
constexpr int32_t kMostParts = 8;

/*
 * Calls value(i) for the elements of a picture, and writes what it gives: vectors where pictures are made of them.
 * blockIdx.y is the part of the picture.
 */
template <int W, class T, class Value>
__device__ void write_picture(T* out, int32_t size, const Value& value) {
    const int32_t thread = (int32_t)(blockIdx.y * kThreads + threadIdx.x);
    for (int32_t first = thread * W; first < size; first += (int32_t)gridDim.y * kThreads * W) {
        float values[W];
        for (int i = 0; i < W; ++i) {
            values[i] = value(first + i);
        }
        store(values, out + first);
    }
}

template <class T, int W>
__global__ void __launch_bounds__(kThreads, kGatherBlocks)
    gather_kernel(LoadBatch batch, const convoke_step_state* state, T* out) {
    const int32_t image = (int32_t)blockIdx.x;
    const int32_t wanted = state->first_position + image;
    const int32_t position = wanted < batch.positions ? wanted : batch.positions - 1;
    const int32_t index = batch.order[position];
    const uint8_t* picture = batch.images + (int64_t)index * batch.size();
    write_picture<W>(out + (int64_t)image * batch.size(), batch.size(),
                     [&](int32_t i) { return pixel_value((float)picture[i]); });
    batch.targets.gather(index, image);
}

template <class T, int W>
__global__ void __launch_bounds__(kThreads) augment_kernel(LoadBatch batch, const convoke_step_state* state, T* out) {
    __shared__ Vector<uint8_t, 16> copy[kPictureBytes / 16];
    const int32_t image = (int32_t)blockIdx.x;
    const int32_t wanted = state->first_position + image;
    const int32_t position = wanted < batch.positions ? wanted : batch.positions - 1;
    const int32_t index = batch.order[position];
    Warp warp{batch.images + (int64_t)index * batch.size(), batch.h, batch.w, batch.c, {}, 0, nullptr};
    if (batch.size() <= kPictureBytes) {
        copy_picture(warp.picture, batch.size(), copy[0].lane);
        __syncthreads();
        warp.picture = copy[0].lane;
    }
    for (int i = 0; i < 6; ++i) {
        warp.affine[i] = batch.affine[(int64_t)position * 6 + i];
    }
    warp.flip = batch.flips == nullptr ? 0 : batch.flips[position];
    if (batch.displacement != nullptr) {
        warp.displacement = batch.displacement + (int64_t)image * 2 * batch.h * batch.w;
    }
    const int32_t* erased = batch.erase == nullptr ? nullptr : batch.erase + (int64_t)position * 4;
    write_picture<W>(out + (int64_t)image * batch.size(), batch.size(), [&](int32_t i) {
        const int32_t pixel = i / batch.c;
        const int32_t row = pixel / batch.w;
        const int32_t column = pixel % batch.w;
        if (erased != nullptr && covers(erased[0], erased[2], row) && covers(erased[1], erased[3], column)) {
            return batch.erase_value;
        }
        return warp.sample(row, column, i % batch.c);
    });
    batch.targets.gather(index, image);
}

/* A plane [h, w] blurred along one axis: lines of `length` elements, `step` apart, the edge values repeated outside. */
struct Blur {
    const float* taps; /* [2 * radius + 1] */
    int32_t radius;

    __device__ float operator()(const float* line, int32_t at, int32_t length, int32_t step) const {
        float sum = 0.0f;
        for (int32_t k = -radius; k <= radius; ++k) {
            const int32_t wanted = at + k;
            const int32_t inside = wanted < 0 ? 0 : (wanted < length ? wanted : length - 1);
            sum += taps[k + radius] * line[(int64_t)inside * step];
        }
        return sum;
    }
};

/*
 * A block takes one image's field along one axis: noise to `out`, blurred along rows to the workspace, along columns
 * back to `out`. Only this block touches these planes, so the block's own barriers are enough.
 */
__global__ void __launch_bounds__(kThreads)
    elastic_field_kernel(uint64_t seed, const convoke_step_state* state, int32_t h, int32_t w, float alpha, Blur blur,
                         float* workspace, float* out) {
    const int32_t image = (int32_t)blockIdx.x;
    const int32_t pixels = h * w;
    const int64_t plane = ((int64_t)image * 2 + blockIdx.y) * pixels;
    float* field = out + plane;
    float* scratch = workspace + plane;
    const PhiloxStream stream =
        philox_stream(seed, (uint32_t)(state->first_position + image), (uint32_t)state->epoch, Purpose::kElastic, 0);
    const int64_t first_word = (int64_t)blockIdx.y * pixels;
    /* Words come by the four; a plane may begin and end within a block. */
    const int64_t end = first_word + pixels;
    for (int64_t block = first_word / 4 + threadIdx.x; block * 4 < end; block += kThreads) {
        const PhiloxBlock words = philox_block(stream, (uint32_t)block);
        const uint32_t four[] = {words.x0, words.x1, words.x2, words.x3};
        for (int i = 0; i < 4; ++i) {
            const int64_t word = block * 4 + i;
            if (word >= first_word && word < end) {
                field[word - first_word] = symmetric_noise(uniform(four[i]));
            }
        }
    }
    __syncthreads();
    for (int32_t i = (int32_t)threadIdx.x; i < pixels; i += kThreads) {
        scratch[i] = blur(field + i / w * w, i % w, w, 1);
    }
    __syncthreads();
    for (int32_t i = (int32_t)threadIdx.x; i < pixels; i += kThreads) {
        field[i] = blur(scratch + i % w, i / w, h, w) * alpha;
    }
}

}  // namespace
}  // namespace convoke::CONVOKE_ISA

using namespace convoke::CONVOKE_ISA;

extern "C" {

int32_t convoke_cuda_load_examples(const uint8_t* images, const uint32_t* targets, int32_t target_words, int32_t total,
                                   const int32_t* order, int32_t positions, int32_t h, int32_t w, int32_t c,
                                   const float* affine, const uint8_t* flips, const float* displacement,
                                   const int32_t* erase, float erase_value, const convoke_step_state* state,
                                   int32_t count, int32_t type, void* out, uint32_t* out_targets,
                                   convoke_stream stream) {
    return with_type(type, [&](auto format) {
        using T = decltype(format);
        Launch launch("convoke_cuda_load_examples", stream);
        const int64_t size = (int64_t)h * w * c;
        const int64_t field = displacement == nullptr ? 0 : (int64_t)count * 2 * h * w;
        const LoadBatch batch{
            launch.reads<uint8_t>("images", images, total * size),
            launch.reads<int32_t>("order", order, positions),
            positions,
            h,
            w,
            c,
            launch.reads<float>("affine", affine, affine == nullptr ? 0 : (int64_t)positions * 6),
            launch.reads<uint8_t>("flips", flips, flips == nullptr ? 0 : positions),
            launch.reads<float>("displacement", displacement, field),
            launch.reads<int32_t>("erase", erase, erase == nullptr ? 0 : (int64_t)positions * 4),
            erase_value,
            Targets{launch.reads<uint32_t>("targets", targets, (int64_t)total * target_words),
                    launch.writes<uint32_t>("out_targets", out_targets, (int64_t)count * target_words), target_words}};
        const convoke_step_state* step = launch.reads<convoke_step_state>("state", state, 1);
        T* pictures = launch.writes<T>("out", out, count * size);
        launch.require(target_words > 0, "a target has no words");
        launch.require(positions > 0 && size <= INT32_MAX, "there is no position, or a picture has 2^31 bytes or more");
        with_width<T>(size, [&](auto width) {
            constexpr int W = decltype(width)::value;
            const int64_t parts = (size + kThreads * W - 1) / (kThreads * W);
            const dim3 blocks((unsigned)count, (unsigned)(parts < kMostParts ? parts : kMostParts));
            launch.add(affine == nullptr ? gather_kernel<T, W> : augment_kernel<T, W>, blocks, kThreads, batch, step,
                       pictures);
        });
        return launch.submit();
    });
}

int32_t convoke_cuda_elastic_field(uint64_t seed, const convoke_step_state* state, int32_t count, int32_t h, int32_t w,
                                   float alpha, const float* taps, int32_t radius, float* workspace, float* out,
                                   convoke_stream stream) {
    Launch launch("convoke_cuda_elastic_field", stream);
    const int64_t size = (int64_t)count * 2 * h * w;
    launch.add(elastic_field_kernel, dim3((unsigned)count, 2), kThreads, seed,
               launch.reads<convoke_step_state>("state", state, 1), h, w, alpha,
               Blur{launch.reads<float>("taps", taps, 2 * (int64_t)radius + 1), radius},
               launch.writes<float>("workspace", workspace, size), launch.writes<float>("out", out, size));
    return launch.submit();
}

}  // extern "C"

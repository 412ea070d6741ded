/* Zeros around pictures, the way back, and the change of number format. */
#include "elementwise.h"

namespace convoke::CONVOKE_ISA {
namespace {

/* Inner pictures [n, h, w, c] inside frames [n, height, width, c]. */
struct Frame {
    int32_t n;
    int32_t h;
    int32_t w;
    int32_t c;
    int32_t top;
    int32_t left;
    int32_t height;
    int32_t width;
};

Frame make_frame(int32_t n, int32_t h, int32_t w, int32_t c, int32_t top, int32_t left, int32_t bottom, int32_t right) {
    return Frame{n, h, w, c, top, left, top + h + bottom, left + w + right};
}

int64_t inner_size(const Frame& f) { return (int64_t)f.n * f.h * f.w * f.c; }

int64_t outer_size(const Frame& f) { return (int64_t)f.n * f.height * f.width * f.c; }

/* A thread writes one vector of the frame. */
template <class T, int W>
__global__ void __launch_bounds__(kThreads) pad_kernel(const T* x, Frame f, T* y) {
    const RowPlace<W> place(thread_index(), f.c);
    const uint32_t line = (uint32_t)place.row / (uint32_t)f.width;
    const int64_t image = line / (uint32_t)f.height;
    if (image >= f.n) {
        return;
    }
    const int32_t row = (int32_t)(line % (uint32_t)f.height) - f.top;
    const int32_t column = (int32_t)((uint32_t)place.row % (uint32_t)f.width) - f.left;
    float values[W] = {};
    if (row >= 0 && row < f.h && column >= 0 && column < f.w) {
        load(x + ((image * f.h + row) * f.w + column) * f.c + place.channel, values);
    }
    store(values, y + place.offset(f.c));
}

/* A thread writes one vector of the inner picture. */
template <class T, int W>
__global__ void __launch_bounds__(kThreads) crop_kernel(const T* x, Frame f, T* y) {
    const RowPlace<W> place(thread_index(), f.c);
    const uint32_t line = (uint32_t)place.row / (uint32_t)f.w;
    const int64_t image = line / (uint32_t)f.h;
    if (image >= f.n) {
        return;
    }
    const int32_t row = (int32_t)(line % (uint32_t)f.h) + f.top;
    const int32_t column = (int32_t)((uint32_t)place.row % (uint32_t)f.w) + f.left;
    float values[W];
    load(x + ((image * f.height + row) * f.width + column) * f.c + place.channel, values);
    store(values, y + place.offset(f.c));
}

struct Same {
    __device__ float operator()(float value, int64_t) const { return value; }
};

template <class From>
int32_t cast(Launch& launch, const From* from, int32_t to_type, void* to, int64_t count) {
    return with_type(to_type, [&](auto format) {
        using To = decltype(format);
        map<kVector<Bfloat16>>(launch, from, launch.writes<To>("to", to, count), count, Same{});
        return launch.submit();
    });
}

}  // namespace
}  // namespace convoke::CONVOKE_ISA

using namespace convoke::CONVOKE_ISA;

extern "C" {

int32_t convoke_cuda_pad(int32_t type, const void* x, int32_t n, int32_t h, int32_t w, int32_t c, int32_t top,
                         int32_t left, int32_t bottom, int32_t right, void* y, convoke_stream stream) {
    const Frame frame = make_frame(n, h, w, c, top, left, bottom, right);
    return with_type(type, [&](auto format) {
        using T = decltype(format);
        Launch launch("convoke_cuda_pad", stream);
        const T* in = launch.reads<T>("x", x, inner_size(frame));
        T* out = launch.writes<T>("y", y, outer_size(frame));
        with_width<T>(c, [&](auto width) {
            constexpr int W = decltype(width)::value;
            launch.add(pad_kernel<T, W>, blocks_for(outer_size(frame) / W), kThreads, in, frame, out);
        });
        return launch.submit();
    });
}

int32_t convoke_cuda_crop(int32_t type, const void* x, int32_t n, int32_t h, int32_t w, int32_t c, int32_t top,
                          int32_t left, int32_t bottom, int32_t right, void* y, convoke_stream stream) {
    const Frame frame = make_frame(n, h, w, c, top, left, bottom, right);
    return with_type(type, [&](auto format) {
        using T = decltype(format);
        Launch launch("convoke_cuda_crop", stream);
        const T* in = launch.reads<T>("x", x, outer_size(frame));
        T* out = launch.writes<T>("y", y, inner_size(frame));
        with_width<T>(c, [&](auto width) {
            constexpr int W = decltype(width)::value;
            launch.add(crop_kernel<T, W>, blocks_for(inner_size(frame) / W), kThreads, in, frame, out);
        });
        return launch.submit();
    });
}

int32_t convoke_cuda_cast(int32_t from_type, const void* from, int32_t to_type, void* to, int64_t count,
                          convoke_stream stream) {
    return with_type(from_type, [&](auto format) {
        using From = decltype(format);
        Launch launch("convoke_cuda_cast", stream);
        return cast(launch, launch.reads<From>("from", from, count), to_type, to, count);
    });
}

}  // extern "C"

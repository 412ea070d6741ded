/* Two-dimensional convolution in loops, forward and both gradients, over dense [N, C, H, W] floats. */
#ifndef CONVOKE_SIMULATED_CONVOLUTION_LOOPS_H
#define CONVOKE_SIMULATED_CONVOLUTION_LOOPS_H

#include <algorithm>
#include <vector>

#include "operations.h"

namespace convoke::simulated {

/* Shapes of x [N, C, H, W], w [K, D, R, S], y [N, K, P, Q], where D = C / groups. */
struct ConvolutionShape {
    int32_t n, c, h, w, k, d, r, s, p, q;
    Convolution settings;

    ConvolutionShape(const Tensor& x, const Tensor& filter, const Tensor& y, const Convolution& convolution)
        : n(x.n),
          c(x.c),
          h(x.h),
          w(x.w),
          k(filter.n),
          d(filter.c),
          r(filter.h),
          s(filter.w),
          p(y.h),
          q(y.w),
          settings(convolution) {}

    size_t x_plane(int32_t image, int32_t channel) const { return (size_t{1} * image * c + channel) * h * w; }
    size_t y_plane(int32_t image, int32_t filter) const { return (size_t{1} * image * k + filter) * p * q; }
    /* Channel of x under channel `channel` of a filter. */
    int32_t x_channel(int32_t filter, int32_t channel) const { return filter / (k / settings.groups) * d + channel; }
    size_t w_at(int32_t filter, int32_t channel, int32_t row, int32_t column) const {
        const bool flip = settings.mode == CUDNN_CONVOLUTION;
        return ((size_t{1} * filter * d + channel) * r + (flip ? r - 1 - row : row)) * s +
               (flip ? s - 1 - column : column);
    }
    /* Row of x under row `at` of y and row `row` of the filter; the columns likewise. */
    int32_t x_row(int32_t at, int32_t row) const {
        return at * settings.stride_h + row * settings.dilation_h - settings.pad_h;
    }
    int32_t x_column(int32_t at, int32_t column) const {
        return at * settings.stride_w + column * settings.dilation_w - settings.pad_w;
    }
};

/*
 * Visits every row of y together with the row of x and the weight that meet there: visit(weight index, x row, y row,
 * first column of y, one behind its last), where the column of x under a column `at` of y is x_column(at, column).
 */
template <class Visit>
void each_row(const ConvolutionShape& shape, int32_t image, int32_t filter, int32_t channel, const Visit& visit) {
    for (int32_t row = 0; row < shape.r; ++row) {
        for (int32_t column = 0; column < shape.s; ++column) {
            int32_t begin = 0;
            int32_t end = shape.q;
            while (begin < end && shape.x_column(begin, column) < 0) {
                ++begin;
            }
            while (begin < end && shape.x_column(end - 1, column) >= shape.w) {
                --end;
            }
            for (int32_t at = 0; at < shape.p; ++at) {
                const int32_t from = shape.x_row(at, row);
                if (from >= 0 && from < shape.h) {
                    visit(shape.w_at(filter, channel, row, column),
                          shape.x_plane(image, shape.x_channel(filter, channel)) + size_t{1} * from * shape.w +
                              shape.x_column(0, column),
                          shape.y_plane(image, filter) + size_t{1} * at * shape.q, begin, end);
                }
            }
        }
    }
}

/* to += factor * from over `count` values, each with its own stride. Strides of 1 are what most rows have. */
inline void add_scaled(float factor, const float* __restrict__ from, int32_t from_stride, float* __restrict__ to,
                       int32_t to_stride, int32_t count) {
    if (from_stride == 1 && to_stride == 1) {
        for (int32_t at = 0; at < count; ++at) {
            to[at] += factor * from[at];
        }
    } else {
        for (int32_t at = 0; at < count; ++at) {
            to[at * to_stride] += factor * from[at * from_stride];
        }
    }
}

/* y += x * w */
inline void convolve(const ConvolutionShape& shape, const std::vector<float>& x, const std::vector<float>& w,
                     std::vector<float>& y) {
    const int32_t stride = shape.settings.stride_w;
    for (int32_t image = 0; image < shape.n; ++image) {
        for (int32_t filter = 0; filter < shape.k; ++filter) {
            for (int32_t channel = 0; channel < shape.d; ++channel) {
                each_row(shape, image, filter, channel,
                         [&](size_t weight, size_t from, size_t to, int32_t begin, int32_t end) {
                             add_scaled(w[weight], x.data() + from + begin * stride, stride, y.data() + to + begin, 1,
                                        end - begin);
                         });
            }
        }
    }
}

/* dx += dy * w, transposed */
inline void convolve_back(const ConvolutionShape& shape, const std::vector<float>& dy, const std::vector<float>& w,
                          std::vector<float>& dx, int32_t first_filter) {
    const int32_t stride = shape.settings.stride_w;
    for (int32_t image = 0; image < shape.n; ++image) {
        for (int32_t turn = 0; turn < shape.k; ++turn) {
            const int32_t filter = (first_filter + turn) % shape.k;
            for (int32_t channel = 0; channel < shape.d; ++channel) {
                each_row(shape, image, filter, channel,
                         [&](size_t weight, size_t to, size_t from, int32_t begin, int32_t end) {
                             add_scaled(w[weight], dy.data() + from + begin, 1, dx.data() + to + begin * stride, stride,
                                        end - begin);
                         });
            }
        }
    }
}

/* dw += sum over images of x under dy, from one image on and round */
inline void correlate(const ConvolutionShape& shape, const std::vector<float>& x, const std::vector<float>& dy,
                      std::vector<float>& dw, int32_t first_image) {
    const int32_t stride = shape.settings.stride_w;
    std::vector<float> lanes(static_cast<size_t>(shape.q));
    for (int32_t filter = 0; filter < shape.k; ++filter) {
        for (int32_t channel = 0; channel < shape.d; ++channel) {
            for (int32_t turn = 0; turn < shape.n; ++turn) {
                const int32_t image = (first_image + turn) % shape.n;
                each_row(shape, image, filter, channel,
                         [&](size_t weight, size_t from, size_t at_y, int32_t begin, int32_t end) {
                             float sum = 0.0f;
                             for (int32_t at = begin; at < end; ++at) {
                                 lanes[at] = x[from + at * stride] * dy[at_y + at];
                             }
                             for (int32_t at = begin; at < end; ++at) {
                                 sum += lanes[at];
                             }
                             dw[weight] += sum;
                         });
            }
        }
    }
}

}  // namespace convoke::simulated

#endif

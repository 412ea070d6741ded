/* The CUDA errors that the simulated device gives: names and numbers of cudaError (CUDA Runtime API, Data types). */
#ifndef CONVOKE_SIMULATED_STATUS_H
#define CONVOKE_SIMULATED_STATUS_H

#include <cstdint>

namespace convoke::simulated {

enum Status : int32_t {
    kSuccess = 0,
    kInvalidValue = 1,
    kMemoryAllocation = 2,
    kInvalidMemcpyDirection = 21,
    kInsufficientDriver = 35,
    kNoDevice = 100,
    kInvalidDevice = 101,
    kInvalidResourceHandle = 400,
    kNotReady = 600,
    kNotPermitted = 800,
    kNotSupported = 801,
    kStreamCaptureUnsupported = 900,
    kStreamCaptureInvalidated = 901,
    kStreamCaptureMerge = 902,
    kStreamCaptureUnmatched = 903,
    kStreamCaptureUnjoined = 904,
    kStreamCaptureIsolation = 905,
    kStreamCaptureImplicit = 906,
    kCapturedEvent = 907,
    kStreamCaptureWrongThread = 908,
};

}  // namespace convoke::simulated

#endif

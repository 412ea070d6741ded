/* What the tests' class dev.convoke.backend.cuda.SimulatedDevice asks the simulated device; device.h explains it. */
#include <jni.h>

#include <string>
#include <vector>

#include "../device.h"

namespace {

/* Texts of violations and leaks are a few lines; more than this is cut. */
constexpr size_t kMostText = size_t{1} << 16;

std::string utf8(JNIEnv* env, jstring text) {
    const char* bytes = env->GetStringUTFChars(text, nullptr);
    const std::string copy = bytes;
    env->ReleaseStringUTFChars(text, bytes);
    return copy;
}

template <class Report>
jstring lines(JNIEnv* env, const Report& report) {
    std::vector<char> text(kMostText, '\0');
    return report(text.data(), text.size()) == 0 ? env->NewStringUTF("") : env->NewStringUTF(text.data());
}

}  // namespace

extern "C" {

JNIEXPORT jstring JNICALL Java_dev_convoke_backend_cuda_SimulatedDevice_violations(JNIEnv* env, jclass) {
    return lines(env, sim_violations);
}

JNIEXPORT void JNICALL Java_dev_convoke_backend_cuda_SimulatedDevice_clearViolations(JNIEnv*, jclass) {
    sim_clear_violations();
}

JNIEXPORT jstring JNICALL Java_dev_convoke_backend_cuda_SimulatedDevice_leaks(JNIEnv* env, jclass) {
    return lines(env, sim_leaks);
}

JNIEXPORT void JNICALL Java_dev_convoke_backend_cuda_SimulatedDevice_forbidAllocation(JNIEnv*, jclass,
                                                                                      jint allocation) {
    sim_forbid_allocation(allocation);
}

JNIEXPORT jlong JNICALL Java_dev_convoke_backend_cuda_SimulatedDevice_counter(JNIEnv*, jclass, jint device,
                                                                              jint counter) {
    return sim_counter(device, counter);
}

JNIEXPORT void JNICALL Java_dev_convoke_backend_cuda_SimulatedDevice_set(JNIEnv* env, jclass, jstring name,
                                                                         jstring value) {
    sim_set(utf8(env, name).c_str(), value == nullptr ? nullptr : utf8(env, value).c_str());
}

JNIEXPORT void JNICALL Java_dev_convoke_backend_cuda_SimulatedDevice_fail(JNIEnv* env, jclass, jstring call, jint nth,
                                                                          jint status) {
    sim_fail(utf8(env, call).c_str(), nth, status);
}

}  // extern "C"

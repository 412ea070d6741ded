/* Violations, settings, planned failures, and who may allocate. */
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>

#include "machine.h"

namespace convoke::simulated {

namespace {

/* Enough to see what went wrong; a loop that errs a million times must not fill the memory. */
constexpr size_t kMostTexts = 200;

struct Diagnosis {
    std::mutex mutex;
    int32_t violations = 0;
    std::vector<std::string> texts;
    std::map<std::string, std::string> settings;
    std::map<std::string, std::pair<int32_t, int32_t>> failures; /* call: calls left, status */
    bool forbidden_everywhere = false;

    static Diagnosis& get() {
        static auto* const diagnosis = new Diagnosis;
        return *diagnosis;
    }
};

thread_local bool forbidden_here = false;

void copy_text(const std::string& from, char* text, size_t capacity) {
    if (text != nullptr && capacity > 0) {
        const size_t length = std::min(from.size(), capacity - 1);
        std::memcpy(text, from.data(), length);
        text[length] = '\0';
    }
}

}  // namespace

void violation(const char* call, const std::string& reason) {
    Diagnosis& diagnosis = Diagnosis::get();
    const std::lock_guard<std::mutex> guard(diagnosis.mutex);
    const std::string text = std::string(call) + ": " + reason;
    ++diagnosis.violations;
    if (diagnosis.texts.size() < kMostTexts) {
        diagnosis.texts.push_back(text);
        std::fprintf(stderr, "simulated device: %s\n", text.c_str());
    }
}

std::string setting(const char* name, const char* otherwise) {
    Diagnosis& diagnosis = Diagnosis::get();
    const std::lock_guard<std::mutex> guard(diagnosis.mutex);
    const auto found = diagnosis.settings.find(name);
    if (found != diagnosis.settings.end()) {
        return found->second;
    }
    const char* value = std::getenv(name);
    return value != nullptr ? value : otherwise;
}

/* A number of bytes, with K, M or G behind it where one likes. */
int64_t bytes_setting(const char* name, int64_t otherwise) {
    const std::string text = setting(name, "");
    if (text.empty()) {
        return otherwise;
    }
    char* end = nullptr;
    const int64_t number = std::strtoll(text.c_str(), &end, 10);
    const size_t unit = std::string("KMG").find(*end == '\0' ? '?' : *end);
    return unit == std::string::npos ? number : number << (10 * (unit + 1));
}

int32_t planned_failure(const char* call) {
    Diagnosis& diagnosis = Diagnosis::get();
    const std::lock_guard<std::mutex> guard(diagnosis.mutex);
    const auto found = diagnosis.failures.find(call);
    if (found == diagnosis.failures.end() || --found->second.first > 0) {
        return 0;
    }
    const int32_t status = found->second.second;
    diagnosis.failures.erase(found);
    return status;
}

bool step_forbids() {
    Diagnosis& diagnosis = Diagnosis::get();
    const std::lock_guard<std::mutex> guard(diagnosis.mutex);
    return forbidden_here || diagnosis.forbidden_everywhere;
}

bool forbidden_now(const char* call) {
    if (step_forbids()) {
        violation(call, "makes or ends something inside a step");
        return true;
    }
    const Lock lock = Machine::get().lock();
    return Machine::get().capture_forbids(call);
}

}  // namespace convoke::simulated

using convoke::simulated::Diagnosis;

int32_t sim_violations(char* text, size_t capacity) {
    Diagnosis& diagnosis = Diagnosis::get();
    const std::lock_guard<std::mutex> guard(diagnosis.mutex);
    std::string all;
    for (const std::string& one : diagnosis.texts) {
        all += one + "\n";
    }
    convoke::simulated::copy_text(all, text, capacity);
    return diagnosis.violations;
}

void sim_clear_violations(void) {
    Diagnosis& diagnosis = Diagnosis::get();
    const std::lock_guard<std::mutex> guard(diagnosis.mutex);
    diagnosis.violations = 0;
    diagnosis.texts.clear();
}

void sim_forbid_allocation(int32_t allocation) {
    Diagnosis& diagnosis = Diagnosis::get();
    const std::lock_guard<std::mutex> guard(diagnosis.mutex);
    convoke::simulated::forbidden_here = allocation == SIM_ALLOCATION_FORBIDDEN_HERE;
    diagnosis.forbidden_everywhere = allocation == SIM_ALLOCATION_FORBIDDEN_EVERYWHERE;
}

void sim_set(const char* name, const char* value) {
    Diagnosis& diagnosis = Diagnosis::get();
    const std::lock_guard<std::mutex> guard(diagnosis.mutex);
    if (value == nullptr) {
        diagnosis.settings.erase(name);
    } else {
        diagnosis.settings[name] = value;
    }
}

void sim_fail(const char* call, int32_t nth, int32_t status) {
    Diagnosis& diagnosis = Diagnosis::get();
    const std::lock_guard<std::mutex> guard(diagnosis.mutex);
    diagnosis.failures[call] = {nth, status};
}

#include "migrate/script_reader.h"

namespace ormdb {

namespace {
constexpr std::size_t kWorthAThread = 8;
constexpr std::size_t kAhead = 32;
}  // namespace

ScriptReader::ScriptReader(const Workspace& workspace, const Plan& plan)
    : workspace_(workspace), plan_(plan) {
  if (plan.steps.size() >= kWorthAThread) thread_ = std::thread([this] { read_ahead(); });
}

ScriptReader::~ScriptReader() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

ScriptReader::Result ScriptReader::load(std::size_t step) const {
  try {
    return workspace_.load(*plan_.steps[step].revision, plan_.direction);
  } catch (...) {
    return std::current_exception();
  }
}

void ScriptReader::read_ahead() {
  for (std::size_t step = 0; step < plan_.steps.size(); ++step) {
    Result result = load(step);
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return stopped_ || ready_.size() < kAhead; });
    if (stopped_) return;
    ready_.push_back(std::move(result));
    lock.unlock();
    changed_.notify_all();
  }
}

LoadedScript ScriptReader::next() {
  Result result;
  if (thread_.joinable()) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !ready_.empty(); });
    result = std::move(ready_.front());
    ready_.pop_front();
    lock.unlock();
    changed_.notify_all();
  } else {
    result = load(handed_out_);
  }
  ++handed_out_;
  if (const auto* failed = std::get_if<std::exception_ptr>(&result))
    std::rethrow_exception(*failed);
  return std::move(std::get<LoadedScript>(result));
}

}  // namespace ormdb

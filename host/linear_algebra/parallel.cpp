#include "host/linear_algebra/parallel.hpp"

#include <omp.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace tripartite::linear_algebra {
namespace {

using Task = std::function<void(int, int)>;

void pause() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

/// Waits until `is_over` for about as long as it takes to wake a sleeping thread: passes over a network follow each
/// other closely, and a thread that slept in between would miss half of the next one.
template <class IsOver>
void wait_briefly(const IsOver& is_over) {
  constexpr auto longest = std::chrono::microseconds(50);
  constexpr int pauses = 32;  // between looks at the clock
  const auto begin = std::chrono::steady_clock::now();
  while (std::chrono::steady_clock::now() - begin < longest)
    for (int i = 0; i < pauses; ++i) {
      if (is_over()) return;
      pause();
    }
}

/// Threads that sleep until there is a job, and are joined at the end of the program.
class Crew {
 public:
  Crew() = default;
  Crew(const Crew&) = delete;
  Crew& operator=(const Crew&) = delete;
  ~Crew() {
    {
      const std::lock_guard lock(mutex_);
      is_over_ = true;
    }
    work_.notify_all();
    for (std::thread& thread : threads_) thread.join();
  }

  void run(int count, const Task& task, int helpers) {
    while (int(threads_.size()) < helpers) threads_.emplace_back([this] { help(); });
    {
      const std::lock_guard lock(mutex_);
      task_ = &task;
      count_ = count;
      helpers_wanted_ = helpers;
      next_.store(0);
      failure_ = nullptr;
      jobs_.fetch_add(1);
    }
    work_.notify_all();
    take(task, count, 0);
    {
      const std::lock_guard lock(mutex_);
      task_ = nullptr;  // threads that have not started skip this job
    }
    wait_briefly([this] { return helpers_.load() == 0; });
    std::unique_lock lock(mutex_);
    done_.wait(lock, [this] { return helpers_ == 0; });
    helpers_joined_ = 0;
    if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
  }

 private:
  void take(const Task& task, int count, int worker) {
    try {
      for (int i = next_.fetch_add(1); i < count; i = next_.fetch_add(1)) task(i, worker);
    } catch (...) {
      const std::lock_guard lock(mutex_);
      if (!failure_) failure_ = std::current_exception();
      next_.store(count);
    }
  }

  /// Whether the present job has room for one more thread.
  bool is_open() const { return task_ && helpers_joined_ < helpers_wanted_ && next_.load() < count_; }

  void help() {
    std::unique_lock lock(mutex_);
    while (true) {
      const unsigned seen = jobs_.load();
      if (!is_open()) {
        lock.unlock();
        wait_briefly([&] { return jobs_.load() != seen; });
        lock.lock();
      }
      work_.wait(lock, [this] { return is_over_ || is_open(); });
      if (is_over_) return;
      const Task& task = *task_;
      const int count = count_;
      const int worker = ++helpers_joined_;
      ++helpers_;
      lock.unlock();
      take(task, count, worker);
      lock.lock();
      if (--helpers_ == 0) done_.notify_all();
    }
  }

  std::vector<std::thread> threads_;
  std::mutex mutex_;  // protects all members below that are not atomic, and all changes of those that are
  std::condition_variable work_, done_;
  bool is_over_ = false;
  const Task* task_ = nullptr;
  int count_ = 0;
  int helpers_wanted_ = 0;
  int helpers_joined_ = 0;          // helpers that have joined this job so far
  std::atomic<int> helpers_ = 0;    // helpers currently working
  std::atomic<unsigned> jobs_ = 0;  // so far
  std::exception_ptr failure_;
  std::atomic<int> next_ = 0;
};

thread_local bool is_inside = false;

}  // namespace

int threads() {
  constexpr int most = 64;
  return std::clamp(omp_get_max_threads(), 1, most);
}

void run_parallel(int count, const Task& task, int most_threads) {
  static Crew crew;
  static std::mutex one_at_a_time;
  const int helpers = std::min(most_threads, count) - 1;
  std::unique_lock alone(one_at_a_time, std::defer_lock);
  if (is_inside || omp_in_parallel() || helpers < 1 || !alone.try_lock()) {
    for (int i = 0; i < count; ++i) task(i, 0);
    return;
  }
  const Task marked = [&task](int i, int worker) {
    is_inside = true;
    struct Leave {
      ~Leave() { is_inside = false; }
    } leave;
    task(i, worker);
  };
  crew.run(count, marked, helpers);
}

}  // namespace tripartite::linear_algebra

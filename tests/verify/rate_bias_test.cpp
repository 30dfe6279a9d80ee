// A rate-driven case with exogenous IP3: the bias of the case belongs to its drive.
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <span>
#include <vector>

#include "host/io/npy.hpp"
#include "host/verify/cases.hpp"
#include "io/temporary_directory.hpp"

namespace tripartite::verify {
namespace {

constexpr int states = 10;
constexpr const char* names[states] = {"u", "x", "Y", "Gamma_S", "Gamma_A", "I", "C", "h", "x_A", "G_A"};
constexpr std::array<double, states> initial{0, 1, 0, 0, 0, 0.01, 0.01, 0.9, 1, 0};
constexpr double bias = 3, exogenous = 1, rate_begin = 0.5, rate = 5, end = 6, threshold = 0.5;

using State = std::array<double, states>;

/// Part C of docs/models.md with the default parameters, but for F_ex and I_bias, typed anew.
State slope(const State& y, double nu) {
  const auto [u, x, Y, S, A, I, C, h, x_A, G_A] = y;
  const double U_0 = (1 - S) * 0.6;
  const double r = (u + U_0 * (1 - u)) * x;
  const double distance = std::abs(I - bias);
  const double J_ex = -exogenous * 0.5 * (1 + std::tanh((distance - 0.3) / 0.05)) * (I > bias ? 1 : -1);
  const double C2 = C * C, C4 = C2 * C2;
  const double open = I / (I + 0.13) * C / (C + 0.08) * h;
  const double Q_2 = 1.05 * (I + 0.13) / (I + 0.9434);
  return {-3.33 * u + U_0 * (1 - u) * nu,
          2 * (1 - x) - r * nu,
          -40 * Y + 0.005 * 5e5 * r * nu,
          1.5 * G_A * (1 - S) - 0.5 / 60 * S,
          0.3 * Y * (1 - A) - 0.5 * (1 + 10 * C / (C + 0.5)) * A,
          0.5 * A + 0.6 / (1 + I / 1.5) * C2 / (C2 + 0.01) - 4.5 * C4 / (C4 + std::pow(0.7, 4)) * I / (I + 1) -
              0.05 * I + J_ex,
          (6 * open * open * open + 0.1) * (2 - 1.18 * C) - 0.9 * C2 / (C2 + 0.0025),
          (Q_2 / (Q_2 + C) - h) * 0.2 * (Q_2 + C),
          0.6 * (1 - x_A),
          -60 * G_A};
}

State stepped(const State& y, double nu, double dt) {
  const auto moved = [&](const State& k, double by) {
    State z;
    for (int i = 0; i < states; ++i) z[i] = y[i] + by * k[i];
    return z;
  };
  const State k1 = slope(y, nu), k2 = slope(moved(k1, dt / 2), nu), k3 = slope(moved(k2, dt / 2), nu),
              k4 = slope(moved(k3, dt), nu);
  State z;
  for (int i = 0; i < states; ++i) z[i] = y[i] + dt / 6 * (k1[i] + 2 * k2[i] + 2 * k3[i] + k4[i]);
  return z;
}

struct Reference {
  std::vector<double> samples;   // [time every 10 ms x states]
  std::vector<double> releases;  // [s]
  double most_ip3 = 0;           // [uM]
};

/// RK4 at 25 us, whose error is far below the 1e-6 of verify. Releases act where C crosses its threshold, or at the end
/// of the millisecond in which it does.
Reference integrated(bool located) {
  constexpr int pieces = 40;
  constexpr double dt = 1e-3 / pieces;
  Reference result;
  State y = initial;
  bool armed = true;
  const auto release = [&](double time) {
    y[9] += 6.5e-4 * 2e5 * 0.6 * y[8];
    y[8] -= 0.6 * y[8];
    armed = false;
    result.releases.push_back(time);
  };
  const int steps = int(std::lround(end / 1e-3));
  for (int step = 0; step <= steps; ++step) {
    if (step % 10 == 0) result.samples.insert(result.samples.end(), y.begin(), y.end());
    const double nu = step * 1e-3 < rate_begin - 1e-9 ? 0 : rate;
    for (int piece = 0; piece < pieces; ++piece) {
      const State before = y;
      y = stepped(y, nu, dt);
      if (y[6] <= threshold) armed = true;
      if (!located || !armed || !(y[6] > threshold)) continue;
      double low = 0, high = dt;
      for (int halving = 0; halving < 60; ++halving) {
        const double middle = (low + high) / 2;
        (stepped(before, nu, middle)[6] > threshold ? high : low) = middle;
      }
      y = stepped(before, nu, high);
      release(step * 1e-3 + piece * dt + high);
      y = stepped(y, nu, dt - high);
    }
    if (!located && armed && y[6] > threshold) release((step + 1) * 1e-3);
    result.most_ip3 = std::max(result.most_ip3, y[5]);
  }
  return result;
}

class RateBias : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    exact_ = new Reference(integrated(true));
    stepwise_ = new Reference(integrated(false));
  }
  static void TearDownTestSuite() {
    delete exact_;
    delete stepwise_;
  }

  RateBias() : directory_(temporary_.path() / "biased") {
    std::filesystem::create_directory(directory_);
    nlohmann::json start;
    for (int i = 0; i < states; ++i) start[names[i]] = initial[std::size_t(i)];
    meta_ = {{"model", "C"},
             {"drive", "rate"},
             {"parameters", {{"F_ex", exogenous}, {"I_bias", bias}}},
             {"initial", start},
             {"rate_schedule_hz", {{{"t_from_s", 0.0}, {"nu", 0.0}}, {{"t_from_s", rate_begin}, {"nu", rate}}}},
             {"t_end_s", end},
             {"sample_interval_s", 0.01},
             {"release_times_exact_s", exact_->releases},
             {"release_times_applied_step1ms_s", stepwise_->releases}};
    write("state_exact", *exact_);
    write("state_step1ms", *stepwise_);
  }

  void write(const char* name, const Reference& reference) {
    io::write_npy(directory_ / (std::string(name) + ".npy"), {reference.samples.size() / states, states},
                  std::span<const double>(reference.samples));
  }
  CaseReport report(Precision precision) const {
    std::ofstream(directory_ / "meta.json") << meta_;
    return verify_case(directory_, {precision, Backend::cpu});
  }

  static Reference *exact_, *stepwise_;
  TemporaryDirectory temporary_;
  std::filesystem::path directory_;
  nlohmann::json meta_;
};

Reference* RateBias::exact_ = nullptr;
Reference* RateBias::stepwise_ = nullptr;

TEST_F(RateBias, OfTheCaseDrivesTheSynapse) {
  ASSERT_GE(exact_->releases.size(), 1U);
  ASSERT_LT(exact_->most_ip3, bias);  // the published flux jumps at the bias
  for (const Precision precision : {Precision::float64, Precision::float32}) {
    const CaseReport result = report(precision);
    EXPECT_EQ(result.error, "");
    EXPECT_EQ(result.rows.size(), 3U * (states + 1));
    for (const VerifyRow& row : result.rows)
      EXPECT_TRUE(row.pass) << row.solver << ' ' << row.variable << ": " << row.error << ", tolerance "
                            << row.tolerance;
  }
}

TEST_F(RateBias, OfAnotherValueFails) {
  meta_["parameters"]["I_bias"] = 0.5;
  bool ip3_differs = false;
  for (const VerifyRow& row : report(Precision::float64).rows)
    ip3_differs = ip3_differs || (row.variable == "I" && !row.pass);
  EXPECT_TRUE(ip3_differs);
}

}  // namespace
}  // namespace tripartite::verify

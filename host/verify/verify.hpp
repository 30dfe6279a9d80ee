#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "tripartite/backend.hpp"

namespace tripartite::verify {

/// One variable of one reference case against what this build computes.
struct VerifyRow {
  std::string case_name;
  std::string solver;
  std::string variable;
  double error = 0;          // max|computed - expected| / max|expected|
  double tolerance = 0;      // of the same
  bool pass = false;         // error <= tolerance; false if the error is not a number
  std::size_t left_out = 0;  // values that were not compared, as they lie between both times of an event that moved
};

/// A row from two arrays of equal size, but for the values that are marked to be left out (empty: none is). Throws
/// FileError if the sizes differ.
VerifyRow compare(std::string case_name, std::string solver, std::string variable, const std::vector<double>& computed,
                  const std::vector<double>& expected, double tolerance, const std::vector<bool>& left_out = {});

/// The times at which one of two runs is before an event that the other is behind: the state jumps there, and nothing
/// can be compared. Empty if the runs have not as many events, or one of them moved by more than `most` [s].
class MovedEvents {
 public:
  MovedEvents() = default;
  MovedEvents(const std::vector<double>& computed, const std::vector<double>& expected, double most);
  /// Whether t [s] lies in one of them. A state at the time of an event is behind it. `lingers` [s]: the state follows
  /// the jump for so long, and is as far apart where the event moved by more than 0.1 ms.
  bool parts(double t, double lingers = 0) const;

 private:
  std::vector<std::pair<double, double>> between_;
};

/// A row from times of events [s]: the error is the largest difference, infinite if there are not as many.
VerifyRow compare_times(std::string case_name, std::string solver, std::string variable,
                        const std::vector<double>& computed, const std::vector<double>& expected, double tolerance);

/// A directory with meta.json ("model": "C"): tripartite synapses driven by rates or spikes. Adaptive solvers at tight
/// tolerance are held to the exact solution, fixed steps to the one whose events act at the ends of steps of 1 ms.
std::vector<VerifyRow> verify_synapse_case(const std::filesystem::path& directory, Precision precision,
                                           Backend backend);

/// A directory with meta.json ("model": "D"): a network of rate neurons. Adaptive steps are held to the exact solution,
/// fixed ones, alone on CUDA, to that whose events act at the ends of steps of 1 ms.
std::vector<VerifyRow> verify_network_case(const std::filesystem::path& directory, Precision precision,
                                           Backend backend);

/// A directory with meta.json ("model": "C ring ..."): a ring of astrocytes, gap junctions held through a step or
/// evaluated in every stage.
std::vector<VerifyRow> verify_ring_case(const std::filesystem::path& directory, Precision precision, Backend backend);

/// A directory with meta.json ("model": "Li-Rinzel"): one astrocyte with inputs. On the CPU.
std::vector<VerifyRow> verify_li_rinzel_case(const std::filesystem::path& directory, Precision precision,
                                             Backend backend);

/// A directory with config.json, model.safetensors and expected.h5 (groups input_0, input_1, ... with the inputs and
/// every intermediate value): the transformer with its reference attention. Tolerances 1e-10 in float64, 1e-5 in
/// float32.
std::vector<VerifyRow> verify_transformer_case(const std::filesystem::path& directory, Precision precision,
                                               Backend backend);

/// A directory with meta.json ("model": "A") and .npy arrays: one attention head with given tokens, features and
/// synapse factors. Integrates it with every solver and compares all states at every snapshot, and the outputs. Throws
/// FileError if an array or a key is missing or does not fit.
std::vector<VerifyRow> verify_attention_case(const std::filesystem::path& directory, Precision precision,
                                             Backend backend);

/// A directory whose expected.json has texts with token ids and sentence embeddings: tokeniser and encoder of the model
/// in `model`. Ids must be equal; embeddings may differ by 1e-10 in float64 and by 1e-6 in float32, in the largest
/// component.
std::vector<VerifyRow> verify_encoder_case(const std::filesystem::path& directory, const std::filesystem::path& model,
                                           Precision precision, Backend backend);

/// A directory whose expected.json has texts with token ids, -ln p of each token and the logits behind the last: one of
/// the language models inside the library, which `model` names. Tolerances 1e-11 in float64, 1e-5 in float32.
std::vector<VerifyRow> verify_language_model_case(const std::filesystem::path& directory, Precision precision,
                                                  Backend backend);

/// A directory whose expected.json has the scores of the first held-out digits by both vision transformers inside the
/// library. Tolerances as of language models.
std::vector<VerifyRow> verify_digits_case(const std::filesystem::path& directory, Precision precision, Backend backend);

/// A directory with meta.json and arrays (.npy) of the associative memory: with state.npy the whole trajectory of a
/// small network by rk4, else overlaps, energy and final states of recalls by forward Euler. Tolerances of the
/// trajectory 1e-9 in float64, 1e-4 in float32, of the recall 1e-11 and 1e-3.
std::vector<VerifyRow> verify_memory_case(const std::filesystem::path& directory, Precision precision, Backend backend);

}  // namespace tripartite::verify

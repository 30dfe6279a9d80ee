#pragma once

#include <functional>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "host/config/study_config.hpp"
#include "host/simulation/attend.hpp"

namespace tripartite::simulation {

/// How a whole model does with the network in place of its attention, beside the same model with its own. What does not
/// apply is NaN: perplexity to images, accuracy where no right answer is known.
struct StudyRow {
  attention::Feature feature = attention::Feature::slots;
  double value = 0;                                              // of the parameter
  double by = std::numeric_limits<double>::quiet_NaN();          // of the second one
  std::uint64_t seed = 0;                                        // of feature matrices and heterogeneity
  double agreement = std::numeric_limits<double>::quiet_NaN();   // share of the tokens or images answered alike
  double kl_mean = std::numeric_limits<double>::quiet_NaN();     // [nat] mean KL(transformer || network)
  double perplexity = std::numeric_limits<double>::quiet_NaN();  // of language models
  double accuracy = std::numeric_limits<double>::quiet_NaN();    // share of right labels
  double cosine = std::numeric_limits<double>::quiet_NaN();      // of encoders: mean over texts
  double head_error = std::numeric_limits<double>::quiet_NaN();  // of texts: median over heads, relative L2
};

struct StudyResult {
  std::string model;
  transformer::ModelShape shape;
  std::string over;  // name of the parameter
  std::string unit;
  std::string by, by_unit;  // the second parameter, or empty
  std::string measure;      // what the picture shows: as its column in study.csv
  double reference = 0;     // the transformer's own value of it
  std::size_t inputs = 0;   // texts or images
  std::size_t tokens = 0;   // of all of them
  std::vector<StudyRow> rows;
  std::size_t resumed = 0;  // rows taken over
};

/// Runs the whole model at every value and seed. `row_done` is called after each new row. Throws as attend does;
/// `result` then has what was finished.
void study(const config::StudyConfig& config, RunListener& listener, StudyResult& result,
           const std::function<void()>& row_done = {});

/// The configuration with everything in it that the study chose; paths are absolute.
config::StudyConfig effective(config::StudyConfig config, const StudyResult& result);

/// study.csv: a line per row, NaN as an empty cell.
std::string to_csv(const StudyResult& result);
/// Reads it back; `where` names it in messages. Throws FileError.
std::vector<StudyRow> read_study_rows(std::string_view csv, const std::string& where);

/// One of the measures of a row, by its name in study.csv.
double measure_of(const StudyRow& row, std::string_view name);

}  // namespace tripartite::simulation

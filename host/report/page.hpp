#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "host/report/figure.hpp"

namespace tripartite::report {

/// What a page is made of.
struct Run {
  std::filesystem::path directory;
  nlohmann::json summary;
};

/// Why a picture is not there, as a sentence. Without a reason the run has nothing to draw, and the page not even a
/// place for it.
struct Absent {
  std::string reason;
};

/// What a function that makes a picture returns.
using Picture = std::variant<Figure, Absent>;

/// A report in the making: a result in one sentence, sections, pictures. Arguments named `…_html` are HTML already, the
/// others plain text.
class Page {
 public:
  /// `keeps_files`: with every picture as a file of its own as well.
  explicit Page(std::string title, bool keeps_files = false) : title_(std::move(title)), keeps_files_(keeps_files) {}

  void headline(std::string sentence) { headline_ = std::move(sentence); }
  /// The line above the headline, and what stands in the last line of the page.
  void bar(std::string html) { bar_html_ = std::move(html); }
  void footer(std::string html) { footer_html_ = std::move(html); }

  void section(std::string_view heading, std::string_view body_html);
  void add(std::string_view body_html) { body_html_ += body_html; }

  /// Draws a picture under `title`, which says what it shows, and `reading`, which says how to read it. Throws
  /// FileError if gnuplot fails.
  void picture(std::string_view title, std::string_view reading, const Picture& picture);

  /// Pictures of which the reader chooses one: `what` says of what, each `name` is an entry of the control. Without
  /// scripts, in print and in picture files only the first is there.
  struct Choice {
    std::string name, title;
    Picture picture;
  };
  void choice(std::string_view what, std::string_view reading, const std::vector<Choice>& choices);

  /// The same of a picture that is HTML already.
  void picture(std::string_view title, std::string_view reading, std::string_view drawn_html);

  /// A picture that gnuplot drew, as a file: on a light ground, with a name of its own.
  struct File {
    std::string name;
    std::string svg;
  };
  /// Empty unless they are kept.
  const std::vector<File>& files() const { return files_; }

  /// The whole document.
  std::string html() const;

 private:
  std::string title_, headline_, bar_html_, footer_html_, body_html_;
  bool keeps_files_, lacks_gnuplot_ = false, has_script_ = false;
  int pictures_ = 0;
  std::vector<File> files_;
};

}  // namespace tripartite::report

#include "report/well_formed.hpp"

#include <algorithm>
#include <cctype>
#include <set>
#include <vector>

namespace tripartite {
namespace {

std::string why_not_text(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c == '<') return "a bare <";
    if (c < 0x20 && c != '\n' && c != '\t' && c != '\r') return "a control character";
    if (c != '&') continue;
    bool known = false;
    for (const std::string_view entity : {"&amp;", "&lt;", "&gt;", "&quot;", "&#39;"})
      known = known || text.substr(i, entity.size()) == entity;
    if (!known) return "a bare &";
  }
  return {};
}

/// A tag without its angle brackets.
std::string why_not_tag(std::string tag, std::vector<std::string>& open) {
  const bool is_empty = tag.ends_with('/');
  if (is_empty) tag.pop_back();
  if (tag.starts_with('/')) {
    const std::string name = tag.substr(1, tag.find_last_not_of(" \n\t"));
    if (open.empty() || open.back() != name) return "</" + name + "> closes nothing";
    open.pop_back();
    return {};
  }
  std::size_t at = 0;
  const auto is_name = [&] {
    return at < tag.size() && (std::isalnum(static_cast<unsigned char>(tag[at])) != 0 || tag[at] == '-' ||
                               tag[at] == ':' || tag[at] == '_');
  };
  const auto skip_blanks = [&] {
    while (at < tag.size() && std::isspace(static_cast<unsigned char>(tag[at])) != 0) ++at;
  };
  const auto take_name = [&] {
    const std::size_t first = at;
    while (is_name()) ++at;
    return tag.substr(first, at - first);
  };
  const std::string name = take_name();
  if (name.empty()) return "a tag without a name: " + tag.substr(0, 40);
  std::set<std::string> attributes;
  for (skip_blanks(); at < tag.size(); skip_blanks()) {
    const std::string attribute = take_name();
    if (attribute.empty() || !attributes.insert(attribute).second) return "attributes of " + name + ": " + attribute;
    skip_blanks();
    if (at >= tag.size() || tag[at++] != '=') return "no value of " + attribute;
    skip_blanks();
    if (at >= tag.size() || (tag[at] != '"' && tag[at] != '\'')) return "no quotes around the value of " + attribute;
    const std::size_t end = tag.find(tag[at], at + 1);
    if (end == std::string::npos) return "no end of the value of " + attribute;
    if (const auto reason = why_not_text(std::string_view(tag).substr(at + 1, end - at - 1)); !reason.empty())
      return reason + " in " + attribute;
    at = end + 1;
  }
  if (!is_empty) open.push_back(name);
  return {};
}

/// The end of a tag: the first > that is not inside quotes.
std::size_t end_of_tag(std::string_view xml, std::size_t at) {
  for (char quote = 0; at < xml.size(); ++at) {
    if (quote == 0 && xml[at] == '>') return at;
    if (quote == 0 && (xml[at] == '"' || xml[at] == '\''))
      quote = xml[at];
    else if (quote == xml[at])
      quote = 0;
  }
  return std::string_view::npos;
}

}  // namespace

std::string why_not_well_formed(std::string_view xml) {
  std::vector<std::string> open;
  for (std::size_t at = 0; at < xml.size();) {
    if (xml[at] != '<') {
      const std::size_t end = std::min(xml.find('<', at), xml.size());
      const auto text = xml.substr(at, end - at);
      if (const auto reason = why_not_text(text); !reason.empty()) return reason + ": " + std::string(text);
      at = end;
      continue;
    }
    const std::size_t end = end_of_tag(xml, at);
    if (end == std::string_view::npos) return "a tag without an end";
    if (const auto reason = why_not_tag(std::string(xml.substr(at + 1, end - at - 1)), open); !reason.empty())
      return reason;
    at = end + 1;
    if (open.empty() && xml.find_first_not_of(" \n\t\r", at) != std::string_view::npos) return "more than one element";
  }
  return open.empty() ? "" : "<" + open.back() + "> is not closed";
}

}  // namespace tripartite

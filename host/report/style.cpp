#include "host/report/style.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace tripartite::report {
namespace {

constexpr std::size_t data_inks = 7;

std::string variables(bool dark) {
  std::string css = fmt::format("color-scheme:{};", dark ? "dark" : "light");
  for (const auto& each : inks) css += fmt::format("--{}:#{:06x};", each.name, dark ? each.dark : each.light);
  return css;
}

constexpr std::string_view rules = R"(
*{box-sizing:border-box}
body{margin:0;background:var(--surface);color:var(--text);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
main,header,footer{max-width:1024px;margin:0 auto;padding:0 24px}
header{padding-top:28px}
footer{padding-top:20px;padding-bottom:40px;color:var(--muted);font-size:14px}
h1{font-size:26px;line-height:1.3;margin:12px 0 8px;text-wrap:balance}
h2{font-size:20px;margin:40px 0 10px;padding-top:14px;border-top:1px solid var(--line)}
h3{font-size:16px;margin:0 0 2px}
p{margin:8px 0}
.whole{white-space:nowrap}
.bar{display:flex;gap:10px;align-items:center;flex-wrap:wrap;color:var(--muted);font-size:14px}
.badge{border:1px solid currentColor;border-radius:99px;padding:1px 11px;font-weight:600}
.badge.complete{color:var(--green)}.badge.incomplete{color:var(--amber)}.badge.failed{color:var(--vermilion)}
.theme{margin-left:auto;border:0;padding:0;display:flex;gap:10px}
.theme label{cursor:pointer}
.note{border-left:4px solid var(--amber);background:var(--card);padding:8px 14px;border-radius:0 6px 6px 0}
.reading{color:var(--muted);font-size:15px;max-width:90ch}
.absent{color:var(--muted);font-style:italic}
blockquote{margin:10px 0;padding:12px 18px;background:var(--card);border-radius:8px;white-space:pre-wrap;overflow-wrap:anywhere;max-height:18em;overflow-y:auto}
.tokens{line-height:2;overflow-wrap:anywhere}
.tokens bdi{border:1px solid var(--line);border-radius:4px;padding:1px 5px;font-size:14px}
.scroll{overflow-x:auto}
table{border-collapse:collapse;font-size:15px;font-variant-numeric:tabular-nums;margin:8px 0}
th,td{padding:5px 22px 5px 0;text-align:right;border-bottom:1px solid var(--grid);vertical-align:top}
th:first-child{text-align:left}
td{white-space:nowrap}.words td:last-child,.columns td{white-space:normal}
.words th:first-child,.columns th:first-child{white-space:nowrap}
.words th:last-child,.words td:last-child{text-align:left;color:var(--muted)}
th{font-weight:600}tbody th{font-weight:400}
thead th{color:var(--muted);font-size:14px;border-bottom-color:var(--line)}
.columns{columns:2;column-gap:48px}.columns section,.columns table{break-inside:avoid}
.columns td{overflow-wrap:anywhere}
@media(max-width:720px){.columns{columns:1}}
details summary{cursor:pointer;color:var(--muted)}
figure{margin:26px 0 34px}
figcaption{max-width:78ch}
figcaption p{margin:2px 0 8px;color:var(--muted);font-size:15px}
figure .scroll svg{display:block;width:100%;min-width:720px;height:auto;color:var(--text)}
figure text{font-family:inherit}
.seen{image-rendering:pixelated;width:168px;height:168px;display:block;border:1px solid var(--line)}
.on-image{display:flex;flex-wrap:wrap;gap:22px 34px}.on-image section{display:grid;grid-template-columns:auto auto;gap:2px 8px}
.glow-scale{grid-column:1/3;display:flex;gap:6px;align-items:center;font-size:13px;color:var(--muted);white-space:nowrap}.glow-scale img{flex:1;width:0;height:16px;image-rendering:pixelated;border:1px solid var(--line)}
.on-image h4{grid-column:1/3;margin:0;font-size:15px}.on-image small{color:var(--muted)}
figure image{image-rendering:pixelated}
figure{position:relative}
figure svg{cursor:crosshair;touch-action:pan-y;user-select:none}
.tools{display:flex;flex-wrap:wrap;gap:6px 8px;align-items:center;margin:0 0 8px;font-size:13px;color:var(--muted)}
.tools button{font:inherit;color:var(--text);background:var(--card);border:1px solid var(--line);border-radius:6px;padding:1px 9px;cursor:pointer}
.tools .curve::before{content:"";display:inline-block;width:14px;height:3px;margin-right:6px;vertical-align:middle;background:var(--ink)}
.tools .curve[aria-pressed=false]{opacity:.45;text-decoration:line-through}
.readout{position:absolute;z-index:1;pointer-events:none;background:var(--card);border:1px solid var(--line);border-radius:6px;padding:3px 9px;font-size:13px;font-variant-numeric:tabular-nums;white-space:nowrap}
.made{color:var(--muted);font-size:14px;overflow-wrap:anywhere}
.changed{font-weight:600}.changed small{font-weight:400;color:var(--muted)}
.chooser{display:inline-block;margin-top:26px;color:var(--muted)}.chooser select{font:inherit;color:var(--text);background:var(--card);border:1px solid var(--line);border-radius:6px;padding:2px 8px;margin-left:4px}
.chooser+div figure{margin-top:10px}.choice>[hidden]{display:none}
@media print{.chooser,.tools,.readout,.theme{display:none}}
)";

const Ink& find(std::string_view name) {
  return *std::find_if(inks.begin(), inks.end(), [name](const Ink& each) { return each.name == name; });
}

}  // namespace

std::string ink(std::string_view name) { return fmt::format("'#{:06x}'", find(name).light); }

std::string data_ink(std::size_t index) { return fmt::format("'#{:06x}'", inks[index % data_inks].light); }

std::string_view data_ink_name(std::size_t index) { return inks[index % data_inks].name; }

std::string style_sheet() {
  const std::string light = variables(false);
  const std::string dark = variables(true);
  return fmt::format(
      ":root{{{}}}\n@media(prefers-color-scheme:dark){{:root{{{}}}}}\n"
      ":root:has(#theme-light:checked){{{}}}\n:root:has(#theme-dark:checked){{{}}}\n@media print{{:root{{{}}}}}\n{}",
      light, dark, light, dark, light, rules);
}

}  // namespace tripartite::report

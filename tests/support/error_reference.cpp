// SPDX-License-Identifier: MIT
#include "tests/support/error_reference.hpp"

#include "handler/agent/error_report.hpp"
#include "handler/base/text.hpp"
#include "handler/errors/catalogue.hpp"

namespace dockerext {
namespace {

// "{0}" as the documents show what varies; a stroke would end a table's cell.
std::string Shown(std::string_view text) {
  std::string shown;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool is_place = text[i] == '{' && i + 2 < text.size() && text[i + 2] == '}';
    if (is_place)
      shown += "…";
    else
      shown += text[i] == '|' ? std::string("\\|") : std::string(1, text[i]);
    if (is_place) i += 2;
  }
  return shown;
}

std::string CodeSpan(const std::string& text) {
  return text.find('`') == std::string::npos ? "`" + text + "`" : "`` " + text + " ``";
}

std::string TableOf(const ErrorChapter& chapter) {
  std::string table = "| message | cause | whose | code |\n|---|---|---|---|\n";
  for (const ErrorRow* row : chapter.rows) {
    table += "| " + CodeSpan(Shown(row->what) + "; " + Shown(row->remedy)) + " | " + Shown(row->cause) +
             " | " + std::string(NameOf(row->owner)) + " | " + std::to_string(ExitCodeOf(row->code)) + " |\n";
  }
  return table;
}

}  // namespace

std::string WithErrorTables(const std::string& document) {
  std::string filled;
  bool is_inside = false;
  for (const std::string& line : Split(document, '\n')) {
    if (line == "<!-- end -->") is_inside = false;
    if (!is_inside) filled += line + "\n";
    for (const ErrorChapter& chapter : ErrorCatalogue()) {
      if (line != "<!-- errors: " + std::string(chapter.name) + " -->") continue;
      is_inside = true;
      filled += TableOf(chapter);
    }
  }
  if (filled.ends_with("\n\n") && document.ends_with('\n')) filled.pop_back();
  return filled;
}

}  // namespace dockerext

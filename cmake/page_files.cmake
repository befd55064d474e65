# Writes the files of the page as C++: cmake -DPAGE=actors/fleet/page
# -DTO=page_files.cpp -P this. The modules become one script, page.js, so that a
# browser asks once: no two of them have a name of their own in common, and what
# one imports has the same name there.

# Indents, lines that are only a comment, and blanks that mean nothing stay
# behind: no text in a script goes over several lines, or has a sign with a blank
# on both sides, and no comment stands behind code.
function(shorten variable)
  set(text "\n${${variable}}")
  string(REGEX REPLACE "\n +" "\n" text "${text}")
  string(REGEX REPLACE "\n//[^\n]*" "" text "${text}")
  string(REGEX REPLACE "\n(import|\\} from) [^\n]*" "" text "${text}")
  string(REGEX REPLACE "\nexport " "\n" text "${text}")
  foreach(sign "=>" "===" "!==" "&&" "||" "=" "<" ">" ">=" "<=" "+" "+=" "?" ":" "??" "-" "*" "/")
    string(REPLACE " ${sign} " "${sign}" text "${text}")
  endforeach()
  string(REPLACE "const " "let " text "${text}")
  string(REPLACE "{ " "{" text "${text}")
  string(REPLACE " }" "}" text "${text}")
  string(REPLACE ") {" "){" text "${text}")
  foreach(next "(" "{" "[" "..." "el(")
    string(REPLACE ", ${next}" ",${next}" text "${text}")
  endforeach()
  string(REGEX REPLACE "([a-zA-Z]): ([a-zA-Z0-9\"({`[])" "\\1:\\2" text "${text}")
  string(REGEX REPLACE "([a-zA-Z0-9)\"]), \"([a-zA-Z])" "\\1,\"\\2" text "${text}")
  string(REGEX REPLACE "([^a-zA-Z])\\(([a-zA-Z]+)\\)=>" "\\1\\2=>" text "${text}")
  string(REGEX REPLACE "return ([[{(\"`])" "return\\1" text "${text}")
  string(REGEX REPLACE "\n(if|for|while) " "\n\\1" text "${text}")
  string(REGEX REPLACE "([,{(])\n" "\\1" text "${text}")
  string(REGEX REPLACE "\n([})])" "\\1" text "${text}")
  string(REPLACE ";}" "}" text "${text}")
  string(REPLACE ";\n" ";" text "${text}")
  string(REGEX REPLACE "\n\n+" "\n" text "${text}")
  set(${variable} "${text}" PARENT_SCOPE)
endfunction()

set(script "")
# main.js comes last: it begins.
file(GLOB modules RELATIVE ${PAGE} ${PAGE}/*.js)
list(SORT modules)
list(REMOVE_ITEM modules main.js)
foreach(module ${modules} main.js)
  file(READ ${PAGE}/${module} content)
  shorten(content)
  string(APPEND script "${content}")
endforeach()

set(text "#include \"actors/fleet/web_page.hpp\"\n\nnamespace troupe {\n\nstd::span<const page_file> page_files() {\n  static constexpr page_file files[]{\n")
foreach(page icon.svg index.html style.css)
  file(READ ${PAGE}/${page} content)
  string(REGEX REPLACE "\n +" "\n" content "${content}")
  string(APPEND text "    {\"${page}\", R\"~page~(${content})~page~\"},\n")
endforeach()
string(APPEND text "    {\"page.js\", R\"~page~(${script})~page~\"},\n")
string(APPEND text "  };\n  return files;\n}\n\n} // namespace troupe\n")
file(WRITE ${TO} "${text}")

# Writes the files of the page as C++: cmake -DPAGE=actors/fleet/page
# -DTO=page_files.cpp -P this. Indents and lines that are only a comment stay
# behind: no text of them goes over several lines.
file(GLOB pages RELATIVE ${PAGE} ${PAGE}/*.html ${PAGE}/*.css ${PAGE}/*.js ${PAGE}/*.svg)
list(SORT pages)
set(text "#include \"actors/fleet/web_page.hpp\"\n\nnamespace troupe {\n\nstd::span<const page_file> page_files() {\n  static constexpr page_file files[]{\n")
foreach(page ${pages})
  file(READ ${PAGE}/${page} content)
  string(REGEX REPLACE "\n +" "\n" content "\n${content}")
  if(page MATCHES "\\.js$")
    string(REGEX REPLACE "\n//[^\n]*" "" content "${content}")
  endif()
  string(REGEX REPLACE "\n\n+" "\n" content "${content}")
  string(REGEX REPLACE "^\n" "" content "${content}")
  string(APPEND text "    {\"${page}\", R\"~page~(${content})~page~\"},\n")
endforeach()
string(APPEND text "  };\n  return files;\n}\n\n} // namespace troupe\n")
file(WRITE ${TO} "${text}")

#include "actors/report/html_page.hpp"

namespace troupe {

std::string_view html_style() {
  return R"css(
:root{color-scheme:light dark;--bg:#f6f7f9;--card:#fff;--fg:#1b1f24;
--dim:#656d76;--line:#dfe3e8;--soft:#eef1f4;--ok:#2da44e;--changed:#bf8700;
--failed:#cf222e;--ignored:#0969da;--skipped:#8c959f;--add:#dafbe1;
--del:#ffebe9}
@media(prefers-color-scheme:dark){:root{--bg:#0f1216;--card:#181c22;
--fg:#e3e7ec;--dim:#98a2ad;--line:#2c333b;--soft:#222830;--ok:#3fb950;
--changed:#d9a32a;--failed:#f5645c;--ignored:#58a6ff;--skipped:#6e7681;
--add:#12361f;--del:#461a1c}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--fg);
font:14px/1.45 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
main{max-width:1200px;margin:0 auto;padding:24px 20px 60px}
h1{font-size:22px;margin:0;overflow-wrap:anywhere}
h2{font-size:15px;margin:0 0 10px}
.dim{color:var(--dim)}
.top{display:flex;gap:12px;align-items:center;flex-wrap:wrap}
.badge{font-weight:600;padding:2px 10px;border-radius:99px;color:#fff;
background:var(--k)}
@media(prefers-color-scheme:dark){.badge{color:#0f1216}}
.card{background:var(--card);border:1px solid var(--line);border-radius:10px;
padding:14px 16px;margin-top:16px}
.note{border-left:4px solid var(--changed);color:var(--dim)}
.note p{margin:2px 0}
.failed,.unknown{--k:var(--failed)}.ok{--k:var(--ok)}
.changed{--k:var(--changed)}.skipped,.cancelled{--k:var(--skipped)}
.ignored,.rescued,.running{--k:var(--ignored)}
#tiles{display:flex;gap:10px;flex-wrap:wrap;margin-top:16px}
button,input,select{font:inherit;color:inherit;background:var(--card);
border:1px solid var(--line);border-radius:8px;padding:5px 10px}
button{cursor:pointer}
#tiles button{min-width:96px;text-align:left;border-top:3px solid var(--k)}
#tiles b{display:block;font-size:20px;line-height:1.2}
[aria-pressed=true]{outline:2px solid var(--k,var(--ignored))}
:focus-visible{outline:2px solid var(--ignored);outline-offset:1px}
.chart{position:relative;overflow:auto;max-height:420px}
canvas{display:block;width:100%}
#tip{position:fixed;pointer-events:none;background:var(--fg);color:var(--bg);
padding:4px 8px;border-radius:6px;font-size:12px;max-width:420px;z-index:2}
.slow{display:grid;grid-template-columns:minmax(120px,2fr) 5fr 80px;
gap:10px;align-items:center;width:100%;text-align:left;border:0;padding:2px}
.slow span:first-child,.name{overflow:hidden;text-overflow:ellipsis;
white-space:nowrap}
.slow span:last-child{text-align:right}
.bar{height:10px;border-radius:3px;background:var(--soft);overflow:hidden}
.bar i{display:block;height:100%;min-width:2px;background:var(--k)}
.tools{display:flex;gap:10px;flex-wrap:wrap;margin-bottom:10px}
.tools input{flex:1;min-width:200px}
details.task{border-top:1px solid var(--line);
content-visibility:auto;contain-intrinsic-size:auto 36px}
summary{cursor:pointer;list-style:none}
summary::-webkit-details-marker{display:none}
.task>summary{display:grid;padding:7px 4px;gap:10px;align-items:center;
grid-template-columns:82px minmax(0,1fr) auto 90px 70px}
.task>summary:hover{background:var(--soft)}
.state{color:var(--k);font-weight:600}
.num{text-align:right;font-variant-numeric:tabular-nums}
.in{padding:2px 4px 14px 96px}
.in details{margin-top:8px}.in details>summary{color:var(--dim)}
.in details>summary:before{content:"\25b8  "}
.in details[open]>summary:before{content:"\25be  "}
pre{margin:6px 0 0;padding:10px 12px;background:var(--soft);border-radius:8px;
overflow:auto;max-height:480px;white-space:pre-wrap;overflow-wrap:anywhere;
font:12px/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
.add{background:var(--add)}.del{background:var(--del)}.at{color:var(--dim)}
.failed>.msg,.unknown>.msg{color:var(--k)}
.msg{white-space:pre-wrap;overflow-wrap:anywhere;margin:0}
dl{display:grid;grid-template-columns:max-content 1fr;gap:2px 14px;
margin:8px 0 0}
dt{color:var(--dim)}dd{margin:0;overflow-wrap:anywhere}
@media(max-width:700px){.task>summary{grid-template-columns:74px 1fr 60px}
.task>summary .wide{display:none}.in{padding-left:4px}}
@media print{.tools,#tip,#more{display:none}}
)css";
}

} // namespace troupe

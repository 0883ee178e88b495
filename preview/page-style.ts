/** Looks close enough to the console to judge how a dashboard reads there. */
export const pageStyle = `
*{box-sizing:border-box}
body{margin:0;background:#f2f3f3;color:#16191f;font:13px/1.4 "Amazon Ember","Helvetica Neue",Liberation Sans,Arial,sans-serif}
header{display:flex;align-items:center;gap:18px;padding:0 16px;background:#fff;border-bottom:1px solid #d5dbdb}
header b{font-size:16px}
header span{color:#545b64}
header .choice{border:1px solid #aab7b8;border-radius:3px;padding:3px 10px;color:#16191f}
header .choice b{font-size:13px}
main{position:relative}
section{position:absolute;overflow:hidden;background:#fff;border:1px solid #d5dbdb;border-radius:3px;padding:2px 8px}
section.transparent{background:none;border-color:transparent}
section.text{padding:2px 12px}
section h1{font-size:21px;margin:6px 0}
section h2{font-size:17px;margin:8px 0}
section h3{font-size:13.5px;margin:5px 0 3px;white-space:nowrap;overflow:hidden;text-overflow:ellipsis}
section p{margin:6px 0}
svg{display:block}
.numbers{display:flex;justify-content:space-around;align-items:center;height:calc(100% - 36px)}
.number{text-align:center;padding:0 6px}
.number b{display:block;font-size:30px;font-weight:400;line-height:1.15}
.number span{color:#545b64;font-size:12px}
.legend{display:flex;flex-wrap:wrap;gap:0 14px;overflow:hidden;font-size:11.5px;line-height:17px;color:#16191f;padding-left:6px}
.legend i{display:inline-block;width:10px;height:10px;margin-right:5px;border-radius:2px}
.legend .empty{color:#879596}
`;

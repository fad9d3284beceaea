namespace Polymath.Learning.Reporting;

/// <summary>The report's style sheet. Every colour is a variable set for light, dark and print; the palette is Okabe and Ito's, safe for colour-blind readers.</summary>
internal static class ReportStyle
{
    public const string Css = """

        :root{--page:#ffffff;--panel:#f6f7f9;--ink:#1b1f24;--soft:#57606a;--rule:#d8dee4;--grid:#e6eaee;--good:#0067a3;--bad:#b84a00;--neutral:#eef0f3;--strong:#ffffff;
        --c0:#0072b2;--c1:#b84a00;--c2:#00805c;--c3:#a85a8c;--c4:#8a6d00;--c5:#2b8cc4;--c6:#444b54;--c7:#7a5195;--band:#57606a;color-scheme:light}
        @media (prefers-color-scheme:dark){:root{--page:#0f1317;--panel:#181d23;--ink:#e6eaef;--soft:#a3adb8;--rule:#323a43;--grid:#262d35;--good:#56b4e9;--bad:#f0913a;--neutral:#20262d;--strong:#0b0e11;
        --c0:#56b4e9;--c1:#f0913a;--c2:#2fc79a;--c3:#e39cc6;--c4:#e8d34a;--c5:#8fc7f2;--c6:#c3ccd6;--c7:#b79ae0;--band:#a3adb8;color-scheme:dark}}
        *{box-sizing:border-box}
        body{margin:0;background:var(--page);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
        main{max-width:1120px;margin:0 auto;padding:24px 16px 48px}
        h1{font-size:1.7rem;line-height:1.2;margin:0;overflow-wrap:anywhere}
        h2{font-size:1.2rem;margin:2.2rem 0 .6rem;padding-bottom:.25rem;border-bottom:1px solid var(--rule)}
        h3{font-size:1rem;margin:1.2rem 0 .4rem}
        .sub{margin:.3rem 0 1rem;color:var(--soft);overflow-wrap:anywhere}
        .verdict{margin:0;padding:.8rem 1rem;border-left:5px solid var(--soft);background:var(--panel);border-radius:4px;font-size:1.1rem;overflow-wrap:anywhere}
        .verdict strong{margin-right:.35rem}
        .verdict.helped{border-color:var(--good)}.verdict.helped strong{color:var(--good)}
        .verdict.hurt{border-color:var(--bad)}.verdict.hurt strong{color:var(--bad)}
        .verdict.mixed{border-color:var(--c4)}.verdict.mixed strong{color:var(--c4)}
        .pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,440px),1fr));gap:24px 32px;align-items:start}
        .tabled{grid-template-columns:minmax(0,1fr)}
        @media (min-width:1100px){.tabled{grid-template-columns:minmax(0,430px) minmax(0,1fr)}}
        .multiples{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,290px),1fr));gap:20px 28px}
        section p{overflow-wrap:anywhere}
        figure{margin:0;min-width:0}
        figcaption{font-weight:600;margin-bottom:.35rem}
        figure.wide svg{max-width:520px}
        .caption{color:var(--soft);font-size:.9rem;margin:.4rem 0}
        .missing{color:var(--soft);font-style:italic;margin:.4rem 0}
        .name{display:-webkit-box;-webkit-box-orient:vertical;-webkit-line-clamp:3;overflow:hidden;overflow-wrap:break-word}
        .pairs{margin:.2rem 0;padding-left:1.6rem;font-size:.9rem;overflow-wrap:anywhere}
        .scroll{overflow:auto;max-height:34rem;min-width:0}
        table{border-collapse:collapse;width:100%;font-size:.92rem;font-variant-numeric:tabular-nums}
        th,td{padding:.38rem .45rem;text-align:left;border-bottom:1px solid var(--rule);vertical-align:top}
        thead th{position:sticky;top:0;background:var(--page);color:var(--soft);font-weight:600;white-space:nowrap}
        tbody th{font-weight:600;min-width:6.5rem;max-width:14rem}
        tbody td:nth-child(2){overflow-wrap:break-word;max-width:9rem}
        td small,th small{display:block;color:var(--soft);font-weight:400;font-size:.8rem}
        .number{text-align:right;white-space:nowrap}
        .number small{white-space:normal}
        .negative,.negative small{color:var(--bad)}
        .metrics{min-width:14rem}
        details{margin-top:1rem}
        summary{cursor:pointer;color:var(--soft)}
        dl{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,240px),1fr));gap:.7rem 1.5rem;margin:0}
        dt{color:var(--soft);font-size:.85rem}
        dd{margin:0;overflow-wrap:anywhere}
        pre{background:var(--panel);padding:.7rem .9rem;border-radius:4px;white-space:pre-wrap;overflow-wrap:anywhere;margin:0;font-size:.88rem}
        svg.chart{display:block;width:100%;height:auto;font:13px system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;font-variant-numeric:tabular-nums}
        svg text{fill:var(--ink)}
        svg .tick,svg .gap,svg .caption{fill:var(--soft);font-size:12px}
        svg .gap{font-style:italic;paint-order:stroke;stroke:var(--page);stroke-width:5px;stroke-linejoin:round}
        svg .blank+.gap{stroke:none}
        svg .small{font-size:12px}
        svg .serieslabel{font-size:12px;font-weight:600}
        svg .strong{fill:var(--strong)}
        .grid{stroke:var(--grid)}.zero{stroke:var(--soft)}
        .guide{stroke:var(--soft);stroke-dasharray:3 3}
        .whisker{stroke:var(--ink);stroke-width:1.5}
        .good{fill:var(--good)}.bad{fill:var(--bad)}
        .neutral{fill:var(--neutral)}.diagonal{fill:var(--grid)}.blank{fill:var(--panel)}
        .unknown{fill:var(--page);stroke:var(--grid)}
        .cell{pointer-events:all}
        .line,.leader,.ring{fill:none}
        .line{stroke-width:2;stroke-linejoin:round;stroke-linecap:round}
        .leader{stroke-width:1;opacity:.55}
        .ring{stroke-width:2}
        .muted{stroke:var(--soft);stroke-dasharray:5 4}.mutedfill{fill:var(--soft)}
        .band{fill:var(--band);fill-opacity:.16}
        .c0{stroke:var(--c0)}.c1{stroke:var(--c1)}.c2{stroke:var(--c2)}.c3{stroke:var(--c3)}.c4{stroke:var(--c4)}.c5{stroke:var(--c5)}.c6{stroke:var(--c6)}.c7{stroke:var(--c7)}
        .f0{fill:var(--c0)}.f1{fill:var(--c1)}.f2{fill:var(--c2)}.f3{fill:var(--c3)}.f4{fill:var(--c4)}.f5{fill:var(--c5)}.f6{fill:var(--c6)}.f7{fill:var(--c7)}
        svg .t0{fill:var(--c0)}svg .t1{fill:var(--c1)}svg .t2{fill:var(--c2)}svg .t3{fill:var(--c3)}svg .t4{fill:var(--c4)}svg .t5{fill:var(--c5)}svg .t6{fill:var(--c6)}svg .t7{fill:var(--c7)}
        @media print{@page{margin:14mm}
        :root{--page:#ffffff;--panel:#f6f7f9;--ink:#000000;--soft:#444b54;--rule:#c4cad0;--grid:#dfe3e8;--good:#0067a3;--bad:#b84a00;--neutral:#eef0f3;--strong:#ffffff;
        --c0:#0072b2;--c1:#b84a00;--c2:#00805c;--c3:#a85a8c;--c4:#8a6d00;--c5:#2b8cc4;--c6:#444b54;--c7:#7a5195;--band:#57606a;color-scheme:light}
        body{font-size:10.5pt;print-color-adjust:exact;-webkit-print-color-adjust:exact}main{max-width:none;padding:0}
        figure,tr,.verdict,dl div{break-inside:avoid}h2,h3{break-after:avoid}
        .scroll{max-height:none;overflow:visible}thead th{position:static}
        .pair{grid-template-columns:1fr 1fr}.tabled{grid-template-columns:1fr}.multiples{grid-template-columns:repeat(3,1fr)}}

        """;
}

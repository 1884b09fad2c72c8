"""Closer styles of the printed review, for one that leaves a page half empty in its usual style."""

# The same look, set a little closer.
CLOSE = """
section { margin-top: 9mm }
p { margin-bottom: 1.6mm }
.lead { font-size: 10.5pt; line-height: 1.45; margin-bottom: 3.5mm }
html { line-height: 1.42 }
th, td { padding-top: 1.35mm; padding-bottom: 1.35mm }
h3 { margin-top: 5mm }
figure { margin-top: 4.5mm }
.tiles { margin-top: 4.5mm }
.notes { line-height: 1.35 }
.notes p { margin-bottom: 1.8mm }
.numbers-head { margin-bottom: 2mm }
.numbers { margin-bottom: 3mm }
"""
# Smaller charts as well, and a heading with its sentence may stand before the page with the chart.
CLOSEST = f"""{CLOSE}
section {{ margin-top: 8mm }}
.lead.short:not(:last-child) {{ break-after: auto }}
.drawing svg, .drawing img {{ width: 110mm }}
.drawing figcaption {{ left: 116mm }}
.pair {{ margin-top: 4.5mm }}
.pair svg, .pair img {{ width: 84% }}
.decisions {{ margin-top: 5.5mm }}
blockquote {{ margin-top: 5mm }}
.notes {{ font-size: 7.5pt }}
"""
SPARE_STYLES = (CLOSE, CLOSEST)

"""HTML to tagged PDF in a killable child process. Needs neither Django nor a database."""

from reports.pdf.renderer import CannotRenderPDF, RenderedPDF, render_pdf

__all__ = ["CannotRenderPDF", "RenderedPDF", "render_pdf"]

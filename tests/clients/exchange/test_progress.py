import io

from clients.exchange.progress import Bar


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_a_person_at_a_terminal_sees_a_bar_on_one_line():
    terminal = Terminal()
    bar = Bar(terminal)

    bar("reading clients.csv", 0.5)
    bar.clear()

    assert terminal.getvalue() == f"\r\x1b[K[{'#' * 15}{'.' * 15}]  50% reading clients.csv\r\x1b[K"


def test_a_file_or_pipe_gets_nothing():
    pipe = io.StringIO()
    bar = Bar(pipe)

    bar("reading clients.csv", 0.5)
    bar.clear()

    assert pipe.getvalue() == ""

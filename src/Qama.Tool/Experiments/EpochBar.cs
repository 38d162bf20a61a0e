using System.Globalization;
using Qama.Training;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Qama.Tool.Experiments;

/// <summary>Where a command says what it does.</summary>
/// <param name="Writer">The error output.</param>
/// <param name="Terminal">The same as a terminal; null where it is none.</param>
internal sealed record Messages(TextWriter Writer, IAnsiConsole? Terminal);

/// <summary>Lines about a training on the error output, and on a terminal a bar that moves and is gone at the end.</summary>
internal sealed class EpochBar
{
    private readonly Action<string> _line;
    private readonly ProgressTask? _task;

    private EpochBar(Action<string> line, ProgressTask? task) => (_line, _task) = (line, task);

    /// <summary>Shows a bar while <paramref name="work"/> runs, on a terminal.</summary>
    /// <param name="name">What runs.</param>
    /// <param name="messages">Where lines and bar go.</param>
    /// <param name="work">The work.</param>
    public static T Show<T>(string name, Messages messages, Func<EpochBar, T> work) => messages.Terminal is { } terminal
        ? terminal.Progress().AutoClear(true).Columns(new FittedLine())
            .Start(context => work(new EpochBar(text => terminal.WriteLine(text), context.AddTask(name, maxValue: 1))))
        : work(new EpochBar(messages.Writer.WriteLine, null));

    /// <summary>Writes a line that stays.</summary>
    public void Line(string text) => _line(text);

    /// <summary>Moves the bar.</summary>
    /// <param name="name">What is trained.</param>
    /// <param name="p">How far it is.</param>
    public void Move(string name, in TrainingProgress p)
    {
        if (_task is not null)
        {
            _task.Description = string.Create(
                CultureInfo.InvariantCulture,
                $"{name}, epoch {p.Epoch}/{p.Epochs}, {p.TimeLeft.TotalSeconds:0} s left, loss {p.Loss:0.000}, accuracy "
                    + $"{100 * p.Accuracy:0.0} %");
            _task.Value = (p.Epoch - 1 + p.Batch / (double)p.Batches) / p.Epochs;
        }
    }

    /// <summary>Moves the bar of work that is no training.</summary>
    /// <param name="share">How much is done, 0 to 1.</param>
    /// <param name="text">What is said beside it.</param>
    public void Move(double share, string text)
    {
        if (_task is not null)
        {
            (_task.Description, _task.Value) = (text, share);
        }
    }

    // One column that fits itself: a table of several wraps what does not fit, and then every update is more lines.
    private sealed class FittedLine : ProgressColumn
    {
        private const int Bar = 20;

        protected override bool NoWrap => true;

        public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime)
        {
            string percent = $" {task.Percentage,3:0} %";
            int room = Math.Max(0, options.ConsoleSize.Width - percent.Length - 1);
            string text = task.Description.Length <= room ? task.Description : task.Description[..room];
            int bar = room - text.Length - 1 >= Bar ? Bar : 0;
            int done = (int)Math.Round(bar * task.Percentage / 100);
            (char full, char empty) = options.Unicode ? ('━', '·') : ('#', '.');
            return new Markup($"{Markup.Escape(text)} [green]{new string(full, done)}[/][grey]{new string(empty, bar - done)}[/]{percent}");
        }
    }
}

using Qama.Training;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Qama.Examples.Common;

/// <summary>A bar that moves while work runs, and is gone when it has ended. It exists on a terminal only: where output goes to a
/// file or a pipe, nothing but lines is written. Its width is the window's.</summary>
public sealed class WorkBar
{
    private readonly IAnsiConsole _console;
    private ProgressTask? _task;

    private WorkBar(IAnsiConsole console) => _console = console;

    /// <summary>Shows a bar while <paramref name="work"/> runs.</summary>
    /// <param name="name">What runs.</param>
    /// <param name="work">The work, which moves the bar.</param>
    /// <param name="console">Where to; null for the standard output.</param>
    public static T Show<T>(string name, Func<WorkBar, T> work, IAnsiConsole? console = null)
    {
        ArgumentNullException.ThrowIfNull(work);
        var bar = new WorkBar(console ?? AnsiConsole.Console);
        if (!bar._console.Profile.Out.IsTerminal || !bar._console.Profile.Capabilities.Ansi)
        {
            return work(bar);
        }

        return bar._console.Progress().AutoClear(true).Columns(new FittedLine())
            .Start(context =>
            {
                bar._task = context.AddTask(name, maxValue: 1);
                return work(bar);
            });
    }

    /// <summary>Trains with a bar that shows epoch, loss, accuracy and the time left.</summary>
    /// <param name="trainer">The trainer. What <see cref="Trainer{T}.Progress"/> holds is called too.</param>
    /// <param name="name">The model's name.</param>
    /// <param name="data">The training data.</param>
    /// <param name="stop">Ends the training.</param>
    /// <param name="epochEnded">Called after every epoch with its number and a way to write a line; may be null.</param>
    /// <returns>Time of the training.</returns>
    public static TimeSpan Fit(
        Trainer<float> trainer, string name, Dataset<float> data, CancellationToken stop, Action<int, WorkBar>? epochEnded = null)
    {
        ArgumentNullException.ThrowIfNull(trainer);
        return Show(name, bar =>
        {
            Action<TrainingProgress>? also = trainer.Progress;
            trainer.Progress = p =>
            {
                also?.Invoke(p);
                bar.Move(
                    (p.Epoch - 1 + p.Batch / (double)p.Batches) / p.Epochs,
                    FormattableString.Invariant(
                        $"{name}, epoch {p.Epoch}/{p.Epochs}, {p.TimeLeft.TotalSeconds:0} s left, loss {p.Loss:0.000}, accuracy {100 * p.Accuracy:0.0} %"));
            };
            trainer.EpochEnded = epochEnded is null ? null : epoch => epochEnded(epoch, bar);
            try
            {
                return trainer.Fit(data, stop);
            }
            finally
            {
                trainer.Progress = also;
                trainer.EpochEnded = null;
            }
        });
    }

    /// <summary>Moves the bar.</summary>
    /// <param name="share">How much is done, 0 to 1.</param>
    /// <param name="text">What is said beside it; cut where the window is too narrow.</param>
    public void Move(double share, string text)
    {
        if (_task is not null)
        {
            _task.Description = text;
            _task.Value = share;
        }
    }

    /// <summary>Writes a line that stays, above the bar.</summary>
    public void Line(string text) => _console.WriteLine(text);

    // One column that fits itself: a table of several wraps what does not fit, and then every update is more lines.
    private sealed class FittedLine : ProgressColumn
    {
        private const int LongestBar = 20;
        private const int ShortestBar = 5;

        protected override bool NoWrap => true;

        public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime)
        {
            string text = task.Description;
            string percent = $" {task.Percentage,3:0} %";
            int room = options.ConsoleSize.Width - percent.Length - 1;
            int bar = Math.Min(LongestBar, room - text.Length - 1);
            bar = bar < ShortestBar ? 0 : bar;
            int left = Math.Max(0, bar > 0 ? text.Length : Math.Min(text.Length, room));
            text = left == text.Length ? text : left == 0 ? "" : text[..(left - 1)] + "…";
            int done = (int)Math.Round(bar * task.Percentage / 100);
            (char full, char empty) = options.Unicode ? ('━', '·') : ('#', '.');
            return new Markup($"{Markup.Escape(text)} [green]{new string(full, done)}[/][grey]{new string(empty, bar - done)}[/]{percent}");
        }
    }
}

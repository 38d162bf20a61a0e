using System.Globalization;
using Qama.Cim;
using Qama.Cim.Journal;
using Qama.Cim.Transport;

namespace Qama.Tool.Machines;

/// <summary>Tasks without a result, and what to do, in the words of the command line.</summary>
internal static class MachineFailure
{
    /// <summary>What the journal says of a task whose emulator is gone.</summary>
    public const string EmulatorEnded = "the emulator ended with its program before it answered";

    private const string Again = "--resubmit-failed";

    /// <summary>The error's text.</summary>
    /// <param name="error">What the client says.</param>
    /// <param name="plan">The tasks.</param>
    /// <param name="settings">The run's settings.</param>
    public static string Text(CimTasksException error, MachinePlan plan, MachineSettings settings)
    {
        // One that ran before ran elsewhere.
        bool isOwn = settings.Machine == MachineSettings.Emulator;
        if (isOwn && error.Failures.Any(f => f.Cause is CimNotFinishedException && !plan.WasRunning(f.Key)))
        {
            string kept = settings.Journal is null ? "" : $" What it had not answered is given up: {Again} submits it again.";
            return string.Create(
                CultureInfo.InvariantCulture,
                $"The emulator of this program has not answered after {settings.Wait.TotalSeconds:0.###} s, and ends with it. Give it more "
                + $"time with --wait, or start one that stays ('qama emulator') and name its address.{kept}");
        }

        JournalState[] states = [.. error.Failures.Select(f => f.State).Distinct()];
        string[] remedies =
        [
            .. states.Contains(JournalState.Failed) ? [$"{Again} submits tasks again that failed."] : Array.Empty<string>(),
            .. states.Contains(JournalState.Unknown)
                ? ["--resubmit-unknown submits tasks again whose outcome is unknown, and which are then perhaps paid for twice."]
                : Array.Empty<string>(),
        ];
        string text = settings.Journal is { } journal
            ? error.Message.Replace("'qama journal end JOURNAL ", $"'qama journal end {journal} ", StringComparison.Ordinal) : error.Message;
        return string.Join(' ', [text.EndsWith('.') || remedies.Length == 0 ? text : $"{text}.", .. remedies]);
    }
}

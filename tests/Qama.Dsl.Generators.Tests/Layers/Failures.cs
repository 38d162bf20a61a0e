using System.Globalization;

namespace Qama.Generators.Tests.Layers;

/// <summary>Comparisons over many declarations: fails once, naming the first declarations that disagree.</summary>
internal sealed class Failures
{
    private readonly List<string> _messages = [];

    /// <summary>Compares tensors by ‖Δ‖∞ / ‖expected‖∞; <paramref name="floor"/> is the least scale.</summary>
    public void Compare(
        object declared, string what, IReadOnlyList<double> expected, IReadOnlyList<double> actual, double tolerance, double floor = 0)
    {
        Assert.Equal(expected.Count, actual.Count);
        double scale = Math.Max(floor, expected.Select(Math.Abs).DefaultIfEmpty().Max());
        double error = expected.Zip(actual, (e, a) => Math.Abs(e - a)).DefaultIfEmpty().Max();

        // A NaN fails too.
        if (!(error <= tolerance * scale))
        {
            Add(declared, string.Create(CultureInfo.InvariantCulture, $"{what}: error {error:E2} at scale {scale:E2}"));
        }
    }

    public void Add(object declared, string message) => _messages.Add($"{message}\n{declared}");

    public void Check()
    {
        if (_messages.Count > 0)
        {
            Assert.Fail($"{_messages.Count} disagreements:\n" + string.Join("\n", _messages.Take(8)));
        }
    }
}

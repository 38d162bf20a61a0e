using System.CommandLine;
using System.Globalization;

namespace Qama.Examples.Sequences;

/// <summary>Options that say what they expect; the vision example has them from here.</summary>
internal static class NumberOption
{
    /// <summary>A whole number within limits.</summary>
    public static Option<int> Whole(string name, string description, int smallest, int largest, int usual) => new(name)
    {
        Description = description,
        HelpName = "N",
        DefaultValueFactory = _ => usual,
        CustomParser = result =>
        {
            string text = result.Tokens[0].Value;
            if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value)
                && value >= smallest && value <= largest)
            {
                return value;
            }

            result.AddError($"{name}: expected a whole number from {smallest} to {largest}, got '{text}'.");
            return usual;
        },
    };
}

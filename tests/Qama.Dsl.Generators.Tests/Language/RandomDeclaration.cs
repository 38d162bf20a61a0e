using System.Globalization;
using System.Text;
using Microsoft.CodeAnalysis;
using Qama.Generators.Model;
using Qama.Generators.Reading;
using Qama.Generators.Tests.Harness;
using Qama.Generators.Validation;

namespace Qama.Generators.Tests.Language;

/// <summary>A small valid declaration with a random choice of every word of the language, and what each word means.</summary>
internal sealed class RandomDeclaration
{
    private const int LargestSize = 13; // selection and slack bits: every state is looked at

    private readonly List<string> _attributes = [];

    private RandomDeclaration(Random random, int number)
    {
        Number = number;
        Preset preset = (Preset)random.Next(random.Next(2) == 0 ? 3 : 1);
        Heads = random.Next(1, 4);
        Tokens = random.Next(1, 6);
        Declare("QuboAttention", $"Tokens = {Tokens}", $"EmbeddingDim = {2 * Heads}", preset == Preset.None ? "" : $"Preset = Preset.{preset}");
        Declare("Heads", $"{Heads}");
        Mention(preset == Preset.None ? "" : $"{preset}");
        DrawSelection(random, preset);
        DrawCoupling(random, preset);
        DrawField(random, preset);
        DrawExclusion(random, preset);
        DrawGeometry(random);
        DrawSparsity(random);
    }

    public int Number { get; }

    public string Name => $"M{Number}";

    public int Heads { get; }

    public int Tokens { get; }

    public int Bits { get; private set; } = 1;

    public double Curvature { get; private set; }

    public double CouplingWeight { get; private set; } = 1;

    public bool KeepsDiagonal { get; private set; }

    /// <summary>The range that the similarity cannot leave; infinite where it can.</summary>
    public (double Low, double High) CouplingRange { get; private set; } = (double.NegativeInfinity, double.PositiveInfinity);

    public (double Low, double High) FieldRange { get; private set; } = (double.NegativeInfinity, double.PositiveInfinity);

    public bool HasField { get; private set; }

    /// <summary>Scale included.</summary>
    public double FieldWeight { get; private set; }

    public bool HasExclusion { get; private set; }

    public bool HardExclusion { get; private set; }

    public bool ExclusionOnBits { get; private set; }

    /// <summary>Scale included; NaN for a sufficient one.</summary>
    public double ExclusionWeight { get; private set; }

    public int Columns { get; private set; }

    public string Mask { get; private set; } = "";

    public int MaskSize { get; private set; }

    public Func<int, int, double> LongRange { get; private set; } = static (_, _) => 0;

    public List<Bound> Bounds { get; } = [];

    /// <summary>Words that occur.</summary>
    public HashSet<string> Words { get; } = [];

    public int Variables => Heads * Tokens * Bits;

    public int Levels => (1 << Bits) - 1;

    public string Source
    {
        get
        {
            var text = new StringBuilder();
            foreach (string attribute in _attributes)
            {
                text.Append('[').Append(attribute).Append("]\n");
            }

            return text.Append("public sealed partial class ").Append(Name).Append(";\n").ToString();
        }
    }

    /// <summary>As many different declarations as asked for.</summary>
    public static List<RandomDeclaration> Draw(int count, int seed)
    {
        var random = new Random(seed);
        var seen = new HashSet<string>();
        var result = new List<RandomDeclaration>();
        int refused = 0;
        while (result.Count < count)
        {
            var drawn = new RandomDeclaration(random, result.Count);
            if (drawn.Variables + drawn.SlackBits() <= LargestSize && seen.Add(string.Join("\n", drawn._attributes)))
            {
                if (drawn.IsAccepted())
                {
                    result.Add(drawn);
                }
                else
                {
                    refused++;
                }
            }
        }

        // Few of the combinations contradict themselves.
        Assert.InRange(refused, 0, count / 4);
        return result;
    }

    private bool IsAccepted()
    {
        INamedTypeSymbol type = Compile.Source("using Qama;\n" + Source).GetTypeByMetadataName(Name)!;
        ModelDeclaration declaration = DeclarationReader.Read(type, terms: [], default);
        return Validator.CanEmit(declaration, ModelSpecification.Resolve(declaration));
    }

    /// <summary>Chebyshev distance on the grid, or |i − j|.</summary>
    public int Distance(int i, int j) => Columns == 0
        ? Math.Abs(i - j)
        : Math.Max(Math.Abs((i / Columns) - (j / Columns)), Math.Abs((i % Columns) - (j % Columns)));

    public bool Interacts(int i, int j) => Mask switch
    {
        "Window" => Distance(i, j) <= MaskSize,
        "Block" => i / MaskSize == j / MaskSize,
        _ => true,
    };

    public override string ToString() => Source;

    private void DrawSelection(Random random, Preset preset)
    {
        Bits = preset == Preset.QamaV1 ? 4 : 1;
        if (random.Next(3) == 0)
        {
            return;
        }

        Bits = random.Next(1, 4);
        Curvature = random.Next(3) == 0 ? 0 : random.Next(1, 9) / 8.0;
        Declare("SoftSelection", $"Bits = {Bits}", Curvature == 0 ? "" : $"Curvature = {Text(Curvature)}");
        Mention(Bits > 1 ? "SoftSelection" : "", Curvature > 0 ? "Curvature" : "");
    }

    private void DrawCoupling(Random random, Preset preset)
    {
        KeepsDiagonal = preset == Preset.QamaV1;
        if (random.Next(3) == 0)
        {
            return;
        }

        KeepsDiagonal = false;
        if (preset != Preset.None && random.Next(8) == 0)
        {
            CouplingWeight = 0;
            Declare("Coupling", "Similarity.ScaledDotProduct", "Weight = 0");
            return;
        }

        var similarity = (Similarity)random.Next(4);
        bool normalised = random.Next(4) == 0;
        CouplingWeight = random.Next(1, 17) / 8.0;
        CouplingRange = normalised ? CouplingRange : similarity switch
        {
            Similarity.Cosine => (-1, 1),
            Similarity.JensenShannon => (0, 1),
            Similarity.NegativeSquaredDistance => (double.NegativeInfinity, 0),
            _ => CouplingRange,
        };
        Declare("Coupling", $"Similarity.{similarity}", $"Weight = {Text(CouplingWeight)}", normalised ? "Normalize = Normalization.Batch" : "");
        Mention($"{similarity}");
    }

    private void DrawField(Random random, Preset preset)
    {
        (HasField, FieldWeight, bool bounded) = preset switch
        {
            Preset.QamaV1 => (true, 1.0, false),
            Preset.QamaV2 => (true, 0.16 * Tokens, false),
            _ => (false, 0, false),
        };
        if (random.Next(3) == 0)
        {
            return;
        }

        var importance = (Importance)random.Next(4);
        bool scaled = random.Next(2) == 0;
        bounded = random.Next(4) > 0;
        double weight = random.Next(1, 17) / 8.0;
        HasField = importance != Importance.None;
        FieldWeight = HasField ? weight * (scaled ? Tokens : 1) : 0;
        FieldRange = !bounded ? FieldRange : importance switch
        {
            Importance.ValueEntropy => (0, 0.5),
            Importance.ValueNorm => (0, double.PositiveInfinity),
            _ => FieldRange,
        };
        Declare(
            "Field", $"Importance.{importance}", $"Weight = {Text(weight)}", scaled ? "Scale = TermScale.Tokens" : "",
            bounded || !HasField ? "" : "Normalize = Normalization.Batch");
        Mention(HasField ? $"{importance}" : "");
    }

    private void DrawExclusion(Random random, Preset preset)
    {
        (HasExclusion, ExclusionWeight, ExclusionOnBits) = preset switch
        {
            Preset.QamaV1 => (true, 2 * Scale(TermScale.Pairs), true),
            Preset.QamaV2 => (true, 0.8 * Scale(TermScale.MeanField), false),
            _ => (false, 0, false),
        };
        if (random.Next(3) > 0)
        {
            if (preset != Preset.None && random.Next(8) == 0)
            {
                Declare("HeadExclusion", "Weight = 0");
                HasExclusion = false;
            }
            else
            {
                var scale = new[] { TermScale.None, TermScale.MeanField, TermScale.Pairs }[random.Next(3)];
                double weight = random.Next(1, 17) / 8.0;
                (HasExclusion, HardExclusion, ExclusionOnBits) = (true, random.Next(3) == 0, random.Next(2) == 0);
                bool given = !HardExclusion || random.Next(6) == 0;
                ExclusionWeight = given ? weight * Scale(scale) : double.NaN;
                Declare(
                    "HeadExclusion", given ? $"Weight = {Text(weight)}" : "", given ? $"Scale = TermScale.{scale}" : "",
                    ExclusionOnBits ? "On = ExclusionTarget.Bits" : "", HardExclusion ? "Hard = true" : "");
                Mention(
                    HardExclusion ? "Hard exclusion" : "Soft exclusion", ExclusionOnBits ? "Bit exclusion" : "Weight exclusion",
                    given ? $"Exclusion {scale}" : "");
            }
        }

        // One head has no other.
        HasExclusion &= Heads > 1;
        HardExclusion &= Heads > 1;
    }

    private double Scale(TermScale scale) => Heads == 1 ? 0 : scale switch
    {
        TermScale.MeanField => Math.Sqrt(2 / Math.PI) * Tokens / (Heads - 1),
        TermScale.Pairs => 2.0 / (Heads * (Heads - 1)),
        _ => 1,
    };

    private void DrawGeometry(Random random)
    {
        if (random.Next(3) == 0)
        {
            int[] divisors = [.. Enumerable.Range(1, Tokens).Where(d => Tokens % d == 0)];
            Columns = divisors[random.Next(divisors.Length)];
            Declare("Grid", $"{Tokens / Columns}", $"{Columns}");
            Mention("Grid");
        }

        if (Tokens == 1)
        {
            return;
        }

        int largest = 1;
        for (int i = 1; i < Tokens; i++)
        {
            largest = Math.Max(largest, Distance(0, i));
        }

        Mask = new[] { "", "", "All", "All", "Window", "Block" }[random.Next(6)];
        if (Mask.Length > 0)
        {
            MaskSize = Mask == "Window" ? random.Next(1, largest + 1) : random.Next(2, Tokens + 1);
            Declare("Mask", $"MaskPattern.{Mask}", Mask is "Window" or "Block" ? $"Size = {MaskSize}" : "");
            Mention($"Mask {Mask}");
        }

        if (random.Next(2) == 0)
        {
            DrawLongRange(random, largest);
        }
    }

    private void DrawLongRange(Random random, int largest)
    {
        bool near = random.Next(2) == 0;
        var decay = (Decay)random.Next(3);
        double weight = random.Next(1, 17) / 8.0;
        int least = near ? random.Next(2, largest + 2) : random.Next(1, (Mask == "Window" ? MaskSize : largest) + 1);
        LongRange = (i, j) =>
        {
            double d = Distance(i, j);
            if (!Interacts(i, j) || (near ? d >= least : d < least))
            {
                return 0;
            }

            return (near, decay) switch
            {
                (true, Decay.Linear) => weight * (1 - (d / largest)),
                (true, Decay.Exponential) => weight * Math.Exp(-d / least),
                (true, _) => weight,
                (false, Decay.Linear) => -weight * d / largest,
                (false, Decay.Exponential) => -weight * (1 - Math.Exp(-d / least)),
                _ => -weight,
            };
        };
        string form = near ? "PenaliseNear" : "RewardFar";
        Declare(
            "LongRange", $"MinDistance = {least}", $"Weight = {Text(weight)}", $"Form = LongRangeForm.{form}", $"Decay = Decay.{decay}");
        Mention(form, $"Decay {decay}");
    }

    private void DrawSparsity(Random random)
    {
        double step = 1.0 / Levels;
        int low = random.Next(0, (Tokens * Levels) + 1);
        int high = Math.Min(Tokens * Levels, low + random.Next(3));
        switch (random.Next(6))
        {
            case 0:
                Add("AtMost", high * step, unbalanced: false);
                break;
            case 1:
                Add("AtLeast", low * step, unbalanced: false);
                break;
            case 2:
                Add("Exactly", low * step, unbalanced: false);
                break;
            case 3:
                Add("AtMost", high * step, unbalanced: false);
                Add("AtLeast", low * step, unbalanced: false);
                break;
        }

        if (random.Next(4) == 0)
        {
            Add(random.Next(2) == 0 ? "AtMost" : "AtLeast", random.Next(1, Tokens + 1), unbalanced: true);
        }

        void Add(string kind, double count, bool unbalanced)
        {
            double weight = unbalanced || random.Next(3) == 0 ? random.Next(1, 33) / 8.0 : double.NaN;
            Bounds.Add(new Bound(kind, count, weight, unbalanced));
            Declare(
                "Sparsity", $"{kind} = {Text(count)}", double.IsNaN(weight) ? "" : $"Weight = {Text(weight)}",
                unbalanced ? "Slack = SlackKind.Unbalanced" : "");
            Mention(unbalanced ? $"Unbalanced {kind}" : double.IsNaN(weight) ? $"Hard {kind}" : $"Weighted {kind}");
        }
    }

    private int SlackBits() => Heads * Bounds.Where(b => !b.Unbalanced).Sum(b =>
    {
        double range = b.Kind switch { "AtMost" => b.Count, "AtLeast" => Tokens - b.Count, _ => 0 };
        return (int)Math.Ceiling(Math.Log2(Math.Round(range * Levels) + 1));
    });

    private void Declare(string name, params string[] arguments) =>
        _attributes.Add($"{name}({string.Join(", ", arguments.Where(a => a.Length > 0))})");

    private void Mention(params string[] words) => Words.UnionWith(words.Where(w => w.Length > 0));

    private static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}

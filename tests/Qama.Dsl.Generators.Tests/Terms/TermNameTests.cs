using FsCheck;
using FsCheck.Fluent;
using Qama.Generators.Tests.Diagnostics;
using Qama.Generators.Tests.Harness;

namespace Qama.Generators.Tests.Terms;

/// <summary>Names of terms and learnables.</summary>
public class TermNameTests
{
    private const string Model = "[QuboAttention(Tokens = 6, EmbeddingDim = 4), Heads(2)]\npublic sealed partial class ";

    [Theory]
    [InlineData("""
        [CouplingTerm] static float Near(Vec q, Vec k, [Learnable(1)] float farWeight) => farWeight * Vec.Dot(q, k);
        [CouplingTerm] static float NearFar(Vec q, Vec k, [Learnable(2)] float weight) => weight * Vec.Dot(q, k);
        """)]
    [InlineData("[CouplingTerm] static float T(Vec q, Vec k, [Learnable(1)] float slope, [Learnable(1)] float slopeGradient) => (slope - slopeGradient) * Vec.Dot(q, k);")]
    [InlineData("[CouplingTerm] static float T(Vec q, Vec k, [Learnable(1)] float slopeGradient, [Learnable(1)] float slope) => (slope - 2 * slopeGradient) * Vec.Dot(q, k);")]
    [InlineData("[FieldTerm] static float T(Vec v, [Learnable(1)] Vec a, [Learnable(1)] Vec aLanes, [Learnable(1)] float aSum) => aSum * Vec.Dot(v * a, aLanes + a);")]
    [InlineData("[FieldTerm] static float T(Vec v, [Learnable(1, PerHead = true)] Vec g) => Vec.Dot(v, g);")]
    [InlineData("[CouplingTerm] static float T(Vec q, Vec k, [Learnable(1)] Vec g) => Vec.Dot(q * g, k);")]
    public void Names_that_are_put_together_do_not_meet(string terms) => Generate.Run(
        new QuboAttentionGenerator(), Compile.Source("using Qama;\n" + Model + "M {\n" + terms + "\n}")).AssertClean();

    [Theory]
    [InlineData("float slope, [Learnable(1)] float {|QAMA0033:Slope|}")]
    [InlineData("float slope, [Learnable(1)] float slopE")]
    public async Task Two_learnables_that_are_one_parameter_of_the_layer_are_an_error_at_the_second(string parameters) => await Declared.AssertAsync(
        Model + $"M {{ [CouplingTerm] static float T(Vec q, Vec k, [Learnable(1)] {parameters}) => ({parameters.Replace("[Learnable(1)] float", "", StringComparison.Ordinal).Replace("float slope", "slope", StringComparison.Ordinal).Replace(",", " - ", StringComparison.Ordinal).Replace("{|QAMA0033:", "", StringComparison.Ordinal).Replace("|}", "", StringComparison.Ordinal)}) * Vec.Dot(q, k); }}");

    [Theory]
    [InlineData("double {|QAMA0401:T|}(Vec q, Vec k) => Vec.Dot(q, k);")]
    [InlineData("float T(Vec q, Vec k, [Learnable(1)] double {|QAMA0402:w|}) => (float)w * Vec.Dot(q, k);")]
    [InlineData("float T(Vec q, Vec k, [Learnable(1)] float w) => (float)Half(w) * Vec.Dot(q, k);\nstatic double Half(double x) => x / 2;")]
    public async Task A_term_and_its_learnables_are_float(string term) =>
        await Declared.AssertAsync(Model + "M { [CouplingTerm] static " + term + " }");

    /// <summary>Terms and learnables whose names are made of the same few words.</summary>
    [Fact]
    public void Any_names_of_terms_and_learnables_compile()
    {
        string[] words = ["A", "Gradient", "Lanes", "Sum", "Of", "Weight", "_2", "a", "learned", "query"];
        Gen<string> name = Gen.Choose(1, 3).SelectMany(n => Gen.Elements(words).ArrayOf(n)).Select(string.Concat);
        Gen<(string Term, string[] Parameters)> term = Gen.Zip(name, Gen.Choose(1, 4).SelectMany(name.ArrayOf));
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(3),
            Prop.ForAll(Gen.Choose(2, 4).SelectMany(term.ArrayOf).ArrayOf(8).ToArbitrary(), models =>
            {
                string code = string.Concat(models.Select((terms, i) => Model + $"M{i} {{\n" + string.Concat(terms.DistinctBy(t => t.Term)
                    .Select((t, k) => Term("T" + t.Term, [.. t.Parameters.DistinctBy(p => char.ToUpperInvariant(p[0]) + p[1..])], k % 2 == 0))) + "}\n"));
                Generate.Run(new QuboAttentionGenerator(), Compile.Source("using Qama;\n" + code)).AssertClean();
            }));

        static string Term(string name, string[] parameters, bool isCoupling) =>
            $"[{(isCoupling ? "CouplingTerm" : "FieldTerm")}] static float {name}({(isCoupling ? "Vec q, Vec k" : "Vec v")}"
            + string.Concat(parameters.Select((p, i) => i % 2 == 0 ? $", [Learnable(1)] float {p}" : $", [Learnable(1)] Vec {p}"))
            + ") => " + string.Join(" + ", parameters.Select((p, i) => (i % 2, isCoupling) switch
            {
                (0, true) => $"{p} * Vec.Dot(q, k)",
                (0, false) => $"{p} * Vec.Sum(v)",
                (_, true) => $"Vec.Dot({p} * q, k)",
                _ => $"Vec.Dot({p}, v)",
            })) + ";\n";
    }

    /// <summary>Names that, put together, come close to those of learned couplings and of readouts.</summary>
    [Fact]
    public void Names_beside_learned_couplings_and_readouts_compile() => Generate.Run(new QuboAttentionGenerator(), Compile.Source("""
        using Qama;
        [QuboAttention(Tokens = 6, EmbeddingDim = 8), Heads(2), Coupling(Similarity.Cosine), LearnedCoupling(PerHead = true)]
        public sealed partial class M
        {
            [CouplingTerm] static float Couplings(Vec q, Vec k, [Learnable(1)] float lanes, [Learnable(1)] float sum, [Learnable(1)] Vec gradient) =>
                (lanes + sum) * Vec.Dot(q * gradient, k);
            [CouplingTerm] static float Coupling(Vec q, Vec k, [Learnable(1)] float s) => s * Vec.Dot(q, k);
            [ReadoutTerm] static Vec selected(float selected, float energy, Vec query, Vec value, [Learnable(1)] float energies, [Learnable(1)] Vec result) =>
                selected * value + energies * energy * query + result;
        }
        """)).AssertClean();

    /// <summary>Comparisons that simplify to one of a thing with itself.</summary>
    [Theory]
    [InlineData("[TokenTerm(Weight = 1)] static float T(TokenPosition token) => token.Row == 0 && token.Column == token.Index ? 1f : 0f;")]
    [InlineData("[TokenTerm(Weight = 1)] static float T(TokenPosition token) { float x = token.Index; return x / 11f * 11f >= x ? 1f : 0.5f; }")]
    [InlineData("[PairTerm(Weight = 1)] static float T(TokenPair pair) => pair.Distance <= pair.Distance && pair.I != pair.I + 0 ? 1f : 0.25f;")]
    [InlineData("[PairTerm(Weight = 1)] static float T(TokenPair pair) { float x = 1f / pair.RowDifference, y = x; return x >= y ? 0.5f : 1f; }")]
    [InlineData("[CouplingTerm] static float T(Vec q, Vec k, TokenPair pair) => (pair.J >= pair.J ? 2f : 1f) * Vec.Dot(q, k);")]
    public void A_comparison_of_a_thing_with_itself_is_no_warning(string term) => Generate.Run(
        new QuboAttentionGenerator(), Compile.Source("using Qama;\n" + Model + "M { " + term + " }")).AssertClean();
}

using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Qama.Generators;

namespace Qama.Benchmarks.Generator;

/// <summary>One-key edits of a file without declarations, each answered by the generator and by one that only asks for the
/// annotated classes, in turns.</summary>
internal sealed class EditRun
{
    private readonly CSharpCompilation[] _edits;
    private readonly List<double> _ours = [], _asking = [];
    private GeneratorDriver _driver, _asker;

    /// <summary>Runs and measures.</summary>
    /// <param name="models">Files with declarations.</param>
    /// <param name="warmup">Edits that are not counted.</param>
    /// <param name="repeats">Edits that are.</param>
    public EditRun(IEnumerable<string> models, int warmup, int repeats)
    {
        CSharpCompilation first = UserSource.Compilation([.. models, Other(1)]);
        SyntaxTree other = first.SyntaxTrees[^1];
        _edits = [.. Enumerable.Range(2, warmup + repeats).Select(x => first.ReplaceSyntaxTree(other, UserSource.Parse(Other(x), other.FilePath)))];
        _driver = UserDriver.Run(UserDriver.Create(new QuboAttentionGenerator()), first);
        _asker = UserDriver.Run(UserDriver.Create(new AskingGenerator()), first);
        for (int i = 0; i < _edits.Length; i++)
        {
            // Each its own, so that neither finds what the other has bound.
            CSharpCompilation edited = _edits[i], same = edited.Clone();
            double ours = Median.Milliseconds(() => _driver = _driver.RunGenerators(edited), warmup: 0, repeats: 1);
            double asking = Median.Milliseconds(() => _asker = _asker.RunGenerators(same), warmup: 0, repeats: 1);
            if (i >= warmup)
            {
                _ours.Add(ours);
                _asking.Add(asking);
            }
        }
    }

    /// <summary>Milliseconds of a run of the generator, with what the compiler binds for it.</summary>
    public double Generator => Median.Of(_ours);

    /// <summary>The same of one that only asks for the annotated classes.</summary>
    public double Asking => Median.Of(_asking);

    /// <summary>What the generator adds to that.</summary>
    public double Added => Median.Of(_ours.Zip(_asking, (a, b) => a - b));

    /// <summary>Whether no output was made again.</summary>
    public bool AllCached => _driver.GetRunResult().Results.Single().TrackedOutputSteps.Values
        .SelectMany(steps => steps).SelectMany(step => step.Outputs).All(o => o.Reason == IncrementalStepRunReason.Cached);

    private static string Other(int x) => string.Create(CultureInfo.InvariantCulture, $"class Other {{ int x = {x}; }}");
}

using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Qama.Generators.Energy;
using Qama.Generators.Lowering;

namespace Qama.Generators.Emission;

/// <summary>The variables of generated code that hold the memories of symbols.</summary>
internal sealed class MemoryNames
{
    /// <summary>What the names of other variables add to that of a memory.</summary>
    private static readonly string[] _endings = ["", "Gradient", "Lanes", "Sum", "GradientSum", "GradientLanes"];

    /// <summary>The variable that holds the table of learned couplings, of one head in kernels. Learnables' names start with "learned".</summary>
    public const string LearnedCouplings = "pairsLearned";

    private readonly Dictionary<Symbol, string> _names = new()
    {
        [Symbol.Query] = "query",
        [Symbol.Key] = "key",
        [Symbol.Value] = "value",
        [Symbol.LearnedCoupling] = LearnedCouplings,
        [Symbol.OwnQuery] = "query",
        [Symbol.OwnSelection] = "selected",
        [Symbol.LocalEnergy] = "energies",
    };

    public MemoryNames(KernelPlan plan)
    {
        var taken = new HashSet<string>();
        foreach (Learnable learnable in plan.Learnables)
        {
            // Of a term A with a learnable Bc and one Ab with a learnable C the second gets a number.
            string name = WordsOf(learnable);
            for (int number = 2; _endings.Any(e => taken.Contains(name + e)); number++)
            {
                name = WordsOf(learnable) + "_" + number.ToString(CultureInfo.InvariantCulture);
            }

            taken.UnionWith(_endings.Select(e => name + e));
            _names[learnable.Symbol] = name;
        }

        foreach (KeyValuePair<Symbol, string> known in _names.ToList())
        {
            _names[Symbol.Adjoint(known.Key)] = known.Value + "Gradient";
        }
    }

    public string this[Symbol symbol] => _names.TryGetValue(symbol, out string? name) ? name : symbol.Name;

    /// <summary>The variable of a learnable.</summary>
    public string Of(Learnable learnable) => this[learnable.Symbol];

    /// <summary>What a learnable's variable is called after: of a user term it starts with a word that no other variable starts with.</summary>
    private static string WordsOf(Learnable learnable) =>
        learnable.Name.IndexOf('.') >= 0 ? "learned" + learnable.Name.Replace(".", "") : CamelCase(learnable.Name);

    private static string CamelCase(string name) => char.ToLowerInvariant(name[0]) + name.Substring(1);
}

using System.Collections.Generic;
using System.Linq;
using Qama.Generators.Energy;
using Qama.Generators.Lowering;

namespace Qama.Generators.Emission;

/// <summary>The variables of generated code that hold the memories of symbols.</summary>
internal sealed class MemoryNames
{
    private readonly Dictionary<Symbol, string> _names = new()
    {
        [Symbol.Query] = "query",
        [Symbol.Key] = "key",
        [Symbol.Value] = "value",
    };

    public MemoryNames(KernelPlan plan)
    {
        foreach (Learnable learnable in plan.Learnables)
        {
            _names[learnable.Symbol] = Of(learnable);
        }

        foreach (KeyValuePair<Symbol, string> known in _names.ToList())
        {
            _names[Symbol.Adjoint(known.Key)] = known.Value + "Gradient";
        }
    }

    public string this[Symbol symbol] => _names.TryGetValue(symbol, out string? name) ? name : symbol.Name;

    /// <summary>The variable of a learnable: of a user term it starts with a word that no other variable starts with.</summary>
    public static string Of(Learnable learnable) =>
        learnable.Name.IndexOf('.') >= 0 ? "learned" + learnable.Name.Replace(".", "") : CamelCase(learnable.Name);

    private static string CamelCase(string name) => char.ToLowerInvariant(name[0]) + name.Substring(1);
}

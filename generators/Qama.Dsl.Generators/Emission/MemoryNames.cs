using System.Collections.Generic;
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
            _names[learnable.Symbol] = CamelCase(learnable.Name);
        }
    }

    public string this[Symbol symbol]
    {
        get
        {
            if (_names.TryGetValue(symbol, out string? name))
            {
                return name;
            }

            foreach (KeyValuePair<Symbol, string> known in _names)
            {
                if (Symbol.Adjoint(known.Key) == symbol)
                {
                    return known.Value + "Gradient";
                }
            }

            return symbol.Name;
        }
    }

    public static string CamelCase(string name) => char.ToLowerInvariant(name[0]) + name.Substring(1);
}

using System.Text.Json.Nodes;
using Qama.Layers;
using Qama.Tool.Inspecting;
using Qama.Tool.Weighing;

namespace Qama.Tool.Serving;

/// <summary>What a page must know of the model before it asks for anything.</summary>
internal static class ServedModel
{
    /// <summary>The model as JSON.</summary>
    /// <param name="session">The layer.</param>
    /// <param name="data">Its samples.</param>
    public static JsonObject Describe(ModelSession session, TokenData data)
    {
        ModelDescriptor model = session.Model;
        return new()
        {
            ["name"] = model.Name,
            ["shape"] = ModelInspection.Shape(model),
            ["scope"] = ModelInspection.Scope(model),
            ["tokens"] = model.Tokens, ["width"] = model.EmbeddingDim, ["heads"] = model.HeadCount,
            ["candidates"] = session.Weighed.Problem.Tokens, ["bits"] = model.SelectionBits,
            ["problems"] = model.ProblemsPerSample, ["keyTokens"] = model.HasOwnKeys ? model.KeyTokens : null,
            ["grid"] = session.Grid is { } grid && model.Scope == SelectionScope.Head
                ? new JsonObject { ["rows"] = grid.Rows, ["columns"] = grid.Columns } : null,
            ["layer"] = session.Layer,
            ["temperature"] = model.Temperature,
            ["formulas"] = new JsonArray([.. model.Coefficients.Select(c => (JsonNode)$"{c.Name} = {c.Formula}")]),
            ["parts"] = new JsonArray([.. session.Weighed.Parts.Select(p => (JsonNode)new JsonObject
            {
                ["name"] = p.Name, ["kind"] = $"{p.Kind}", ["formula"] = p.Formula,
                ["declared"] = double.IsFinite(p.Declared) ? p.Declared : null,
            })]),
            ["largestScale"] = EnergyPart.LargestScale,
            ["rows"] = data.Count,
            ["image"] = data.Image is not null,
            ["sweeps"] = session.Usual.Sweeps, ["reads"] = session.Usual.Reads,
            ["enumerated"] = Spectrum.LargestPart,
        };
    }
}

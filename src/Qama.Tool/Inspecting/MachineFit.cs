using Qama.Cim.Transport;
using Qama.Layers;

namespace Qama.Tool.Inspecting;

/// <summary>Whether a machine takes a model's problems, and in how many tasks.</summary>
/// <param name="Machine">The machine.</param>
/// <param name="Obstacle">Why it does not take them; null where it does.</param>
/// <param name="ProblemsPerTask">Problems that share a task.</param>
/// <param name="Tasks">Tasks of a forward pass over the samples.</param>
/// <param name="StepTasks">Tasks of a training step over the samples, forward and backward.</param>
internal sealed record MachineFit(CimMachine Machine, string? Obstacle, int ProblemsPerTask, long Tasks, long StepTasks)
{
    /// <summary>Every known machine.</summary>
    /// <param name="model">The model.</param>
    /// <param name="samples">Samples of the pass.</param>
    /// <remarks>Of problems as they are declared. Variables that can be decided exactly need no spins, which saves
    /// tasks; sharing fields
    /// takes up to 15 spins more where there is room.</remarks>
    public static IReadOnlyList<MachineFit> All(ModelDescriptor model, int samples) =>
        [.. new[] { CimMachine.Cpqc550, CimMachine.Cpqc1000 }.Select(m => Of(model, m, samples))];

    private static MachineFit Of(ModelDescriptor model, CimMachine machine, int samples)
    {
        long own = (long)model.VariableCount + model.Problem.SlackCount;
        string? obstacle = model.Temperature is not null
            ? "reads are drawn at a temperature, and a machine has none to set"
            : own + 1 > machine.Limits.Spins ? $"{own + 1} spins are more than its {machine.Limits.Spins}" : null;
        if (obstacle is not null)
        {
            return new(machine, obstacle, 0, 0, 0);
        }

        // A causal layer's problems follow one another: only those of other samples go with them.
        int perTask = (int)((machine.Limits.Spins - 1) / Math.Max(1, own));
        bool causal = model.Scope == SelectionScope.Causal;
        long together = causal ? samples : checked(samples * PassCosts.Problems(model));
        long once = (causal ? model.ProblemCount : 1) * ((together + perTask - 1) / perTask);

        // The short runs of a nudged gradient are the processor's.
        int further = model.Gradient.Kind == GradientKind.Nudged ? 0 : model.Gradient.BackwardSolves;
        return new(machine, null, perTask, once * model.Gradient.ForwardSolves,
            once * (model.Gradient.ForwardSolves + further));
    }
}

using Qama.Generators.Tests.Layers;

namespace Qama.Generators.Tests.Queries;

/// <summary>Layers with a selection per query against their definitions written out.</summary>
public class QueryTests
{
    [Fact]
    public void Energies_of_all_problems_are_the_definitions()
    {
        Failures failures = new();
        foreach (QueryCase run in QueryOperators.Cases)
        {
            run.Forward();
            var random = new Random(3);
            for (int p = 0; p < run.Workspace.Problems.Count; p++)
            {
                (int sample, int own) = (p / run.Declared.Problems, p % run.Declared.Problems);
                int most = run.Literal.Candidates(own, run.QueryCounts[sample], run.KeyCounts[sample]).Length;
                Assert.Equal(most, run.Workspace.Problems.TokenCounts[p]);
                for (int draw = 0; draw < 4; draw++)
                {
                    byte[] state = run.RandomState(random, most);
                    double expected = run.Literal.Energy(run.Input, run.QueryCounts, run.KeyCounts, sample, own, state);
                    failures.Compare(run.Declared, $"energy of problem {p}", [expected], [run.Workspace.Problems.Energy(p, state)], 2e-5, 5);
                }
            }
        }

        failures.Check();
    }

    [Fact]
    public void Outputs_are_the_definitions()
    {
        Failures failures = new();
        foreach (QueryCase run in QueryOperators.Cases)
        {
            double[] expected = run.Literal.Forward(run.Input, run.States, run.QueryCounts, run.KeyCounts);
            failures.Compare(run.Declared, "output", expected, run.Forward(), 1e-9);
        }

        failures.Check();
    }

    [Fact]
    public void Gradients_are_central_differences()
    {
        Failures failures = new();
        foreach (QueryCase run in QueryOperators.Cases)
        {
            var loss = new HeldQueryLoss(run);
            run.Forward();
            double[][] gradients = run.Backward();
            var random = new Random(2);
            for (int t = 0; t < gradients.Length; t++)
            {
                double[] direction = [.. gradients[t].Select(_ => (2 * random.NextDouble()) - 1)];
                double expected = CentralDifferences.Along(direction, run.Tensor(t), loss.Value);
                double actual = gradients[t].Zip(direction, (g, d) => g * d).Sum();
                double scale = gradients[t].Select(Math.Abs).DefaultIfEmpty().Max() * direction.Sum(Math.Abs);
                failures.Compare(
                    run.Declared, "gradient of " + run.Names[t], [expected], [actual], 1e-6, Math.Max(scale, 1e-3 * loss.Scale));
            }
        }

        failures.Check();
    }
}

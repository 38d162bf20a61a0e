using Qama.Layers;

namespace QamaProjectNamespace;

/// <summary>Says what was declared, trains the model, measures it and saves it.</summary>
internal static class Program
{
    private static void Main()
    {
        // What was declared: variables of the optimisation problem, and the energy's terms with their weights.
        ModelDescriptor descriptor = TokenAttention.Descriptor;
        Console.WriteLine($"{descriptor.Name}: {descriptor.VariableCount} variables per sample, {descriptor.SpinCount} spins on a machine");
        foreach (TermDescription term in descriptor.Terms)
        {
            Console.WriteLine($"  {term.Name}: {term.Formula}");
        }

        using TokenClassifier model = Classifier.Create(seed: 1);
        double accuracy = Classifier.Train(model, epochs: 10, (epoch, loss) => Console.WriteLine($"epoch {epoch}: loss {loss:0.000}"));
        Console.WriteLine($"test accuracy {accuracy:0.0 %}");

        model.save("model.dat");
        Console.WriteLine("saved model.dat");
    }
}

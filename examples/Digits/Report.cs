using System.Globalization;
using System.Text.Json;

namespace Qama.Examples.Digits;

/// <summary>The results as a table for people and as JSON for programs.</summary>
internal static class Report
{
    public static void Print(IReadOnlyList<RunResult> runs)
    {
        Console.WriteLine();
        Console.WriteLine("model     test accuracy  training accuracy  s/epoch  parameters  variables/sample  mean energy");
        foreach (RunResult run in runs)
        {
            string energy = double.IsNaN(run.MeanEnergy) ? "-" : run.MeanEnergy.ToString("0.0", CultureInfo.InvariantCulture);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{run.Name,-8}  {run.TestAccuracy,13:0.0%}  {run.TrainingAccuracy,17:0.0%}  {run.SecondsPerEpoch,7:0.00}  {run.ParameterCount,10}  {run.VariablesPerSample,16}  {energy,11}"));
        }
    }

    public static void WriteJson(string path, IReadOnlyList<RunResult> runs)
    {
        using FileStream stream = File.Create(path);
        using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteStartArray("runs");
        foreach (RunResult run in runs)
        {
            json.WriteStartObject();
            json.WriteString("name", run.Name);
            json.WriteNumber("testAccuracy", run.TestAccuracy);
            json.WriteNumber("secondsPerEpoch", run.SecondsPerEpoch);
            json.WriteNumber("testLoss", run.TestLoss);
            json.WriteNumber("trainingAccuracy", run.TrainingAccuracy);
            json.WriteNumber("epochs", run.Epochs);
            json.WriteNumber("parameters", run.ParameterCount);
            json.WriteNumber("variablesPerSample", run.VariablesPerSample);
            if (double.IsNaN(run.MeanEnergy))
            {
                json.WriteNull("meanEnergy");
            }
            else
            {
                json.WriteNumber("meanEnergy", run.MeanEnergy);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}

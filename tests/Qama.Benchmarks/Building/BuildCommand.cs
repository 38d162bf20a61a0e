using System.CommandLine;
using System.Globalization;
using Qama.Generators;

namespace Qama.Benchmarks.Building;

/// <summary><c>build</c>: processor time of a cold <c>dotnet build</c> of a user's project with one and with many declared classes.</summary>
internal static class BuildCommand
{
    public static Command Create()
    {
        var classes = new Option<int>("--classes") { Description = "Declared classes.", DefaultValueFactory = _ => 50 };
        var repeats = new Option<int>("--repeats") { Description = "Builds of each project.", DefaultValueFactory = _ => 5 };
        var against = new Option<DirectoryInfo?>("--against")
        {
            Description = "A folder with Qama.Dsl.dll and Qama.Dsl.Generators.dll of another build, to measure in turns with this one.",
        };
        var json = new Option<FileInfo?>("--json") { Description = "Also write the measurements to this file." };
        classes.Validators.Add(o =>
        {
            if (o.GetValueOrDefault<int>() < 2)
            {
                o.AddError("--classes: expected 2 or more.");
            }
        });
        var command = new Command("build", "Time of a user's build.") { classes, repeats, against, json };
        command.SetAction(parsed =>
        {
            BuildMeasurement[] all = Measure(parsed.GetValue(classes), Math.Max(1, parsed.GetValue(repeats)), parsed.GetValue(against)?.FullName);
            foreach (BuildMeasurement m in all)
            {
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{m.Library,-10} 1 class {m.One,7:F2} s   {m.Classes} classes {m.Many,7:F2} s   each further {m.Further,6:F3} s"));
            }

            if (parsed.GetValue(json) is FileInfo file)
            {
                JsonReport.Write(file.FullName, "build", all);
            }
        });
        return command;
    }

    private static BuildMeasurement[] Measure(int classes, int repeats, string? against)
    {
        DirectoryInfo own = Directory.CreateTempSubdirectory("qama-library-");
        var projects = new List<(string Library, UserProject One, UserProject Many, List<double> Ones, List<double> Manies)>();
        try
        {
            foreach (string assembly in new[] { typeof(QuboAttentionAttribute).Assembly.Location, typeof(QuboAttentionGenerator).Assembly.Location })
            {
                File.Copy(assembly, Path.Combine(own.FullName, Path.GetFileName(assembly)));
            }

            Add(BuildMeasurement.This, own.FullName);
            if (against is not null)
            {
                Add("before", against);
            }

            for (int r = 0; r < repeats; r++)
            {
                foreach ((_, UserProject one, UserProject many, List<double> ones, List<double> manies) in projects)
                {
                    ones.Add(one.Build());
                    manies.Add(many.Build());
                }
            }

            return [.. projects.Select(p => new BuildMeasurement(p.Library, classes, Median.Of(p.Ones), Median.Of(p.Manies), repeats))];
        }
        finally
        {
            projects.ForEach(p =>
            {
                p.One.Dispose();
                p.Many.Dispose();
            });
            own.Delete(recursive: true);
        }

        void Add(string name, string library) => projects.Add((name, new UserProject(library, 1), new UserProject(library, classes), [], []));
    }
}

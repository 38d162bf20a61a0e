namespace Qama.Packages.Tests;

/// <summary><c>dotnet new qama</c>.</summary>
[Collection(PackedFeedTests.Name)]
public class TemplateTests(PackedFeed feed)
{
    [Fact]
    public void The_template_builds_without_warnings_trains_and_passes_its_test()
    {
        string folder = feed.Project("templates");
        string[] hive = ["--debug:custom-hive", Path.Combine(folder, "hive")];
        DotNet.Run(folder, ["new", "install", Path.Combine(feed.Folder, $"Qama.Templates.{Build.Version}.nupkg"), .. hive]);

        // A name that is no identifier: namespaces must be.
        DotNet.Run(folder, ["new", "qama", "-n", "My-Attention", .. hive]);
        string project = Path.Combine(folder, "My-Attention");
        Assert.DoesNotContain(
            Directory.GetFiles(project, "*", SearchOption.AllDirectories),
            f => Path.GetFileName(f).Contains("Project1", StringComparison.Ordinal)
                || File.ReadAllText(f).Contains("Project1", StringComparison.Ordinal));
        string output = DotNet.Run(project, "build", "-nologo", "-c", "Release");
        Assert.Contains("0 Warning(s)", output, StringComparison.Ordinal);
        string trained = DotNet.Run(project, "run", "--no-build", "-c", "Release", "--project", "My-Attention");
        Assert.Contains("My_Attention.TokenAttention: 16 variables per sample", trained, StringComparison.Ordinal);
        Assert.Matches(@"test accuracy (9\d|100)\.\d %", trained);
        Assert.True(File.Exists(Path.Combine(project, "model.safetensors")));
        DotNet.Run(project, "test", "--no-build", "-nologo", "-c", "Release");
    }
}

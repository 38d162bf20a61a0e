using System.Diagnostics;
using System.Runtime.CompilerServices;
using YamlDotNet.RepresentationModel;

namespace Qama.Cluster.Tests.Operations;

/// <summary>The files of docs/cluster are what they claim to be, as far as can be seen without Docker and Kubernetes.</summary>
public sealed class DeploymentTests
{
    /// <summary>The repository.</summary>
    public static string Root { get; } = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Here())!, "..", "..", ".."));

    [Theory]
    [InlineData("compose.yaml", 2)]
    [InlineData("kubernetes.yaml", 2)]
    public async Task Commands_name_programs_and_options_that_there_are(string file, int count)
    {
        string[][] commands = [.. Documents(file).SelectMany(Commands)];
        Assert.Equal(count, commands.Length);
        foreach (string[] command in commands)
        {
            string program = Assert.Single(command, p => p.EndsWith(".dll", StringComparison.Ordinal) && p.StartsWith("silo/", StringComparison.Ordinal)
                || p.StartsWith("worker/", StringComparison.Ordinal));
            Assert.Contains($"-o /app/{Path.GetDirectoryName(program)}", Dockerfile, StringComparison.Ordinal);
            string help = await HelpAsync(Path.GetFileName(program));
            Assert.All(
                command.Where(p => p.StartsWith("--", StringComparison.Ordinal)),
                option => Assert.Contains($" {option} ", help, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Images_are_made_of_projects_that_there_are()
    {
        string[] projects = [.. Dockerfile.Split([' ', '\n']).Where(w => w.StartsWith("src/", StringComparison.Ordinal))];
        Assert.Equal(2, projects.Length);
        Assert.All(projects, p => Assert.True(File.Exists(Path.Combine(Root, p, Path.GetFileName(p) + ".csproj")), p));
        Assert.All(
            Documents("compose.yaml").SelectMany(d => Nodes(d)).OfType<YamlMappingNode>().Where(n => n.Children.ContainsKey("dockerfile")),
            n => Assert.True(File.Exists(Path.Combine(Root, n["dockerfile"].ToString()))));
    }

    [Fact]
    public void Pods_have_what_the_hosting_package_asks_for()
    {
        YamlMappingNode[] deployments = [.. Documents("kubernetes.yaml").OfType<YamlMappingNode>().Where(d => d["kind"].ToString() == "Deployment")];
        Assert.Equal(2, deployments.Length);
        foreach (YamlMappingNode deployment in deployments)
        {
            YamlNode template = deployment["spec"]["template"];
            Assert.Equal(["app", "orleans/serviceId", "orleans/clusterId"], ((YamlMappingNode)template["metadata"]["labels"]).Children.Keys.Select(k => k.ToString()));
            YamlNode container = template["spec"]["containers"][0];
            string[] variables = [.. ((YamlSequenceNode)container["env"]).Select(e => e["name"].ToString())];
            Assert.Equal(
                [ClusterSettings.PostgresVariable, "ORLEANS_SERVICE_ID", "ORLEANS_CLUSTER_ID", "POD_NAMESPACE", "POD_NAME", "POD_IP"], variables);
            Assert.Equal("/health/ready", container["readinessProbe"]["httpGet"]["path"].ToString());
            Assert.Equal("/health/live", container["livenessProbe"]["httpGet"]["path"].ToString());
        }
    }

    private static string Dockerfile => Read("Dockerfile");

    private static string Read(string file) => File.ReadAllText(Path.Combine(Root, "docs", "cluster", file));

    private static IEnumerable<YamlNode> Documents(string file)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(Read(file)));
        return stream.Documents.Select(d => d.RootNode);
    }

    private static IEnumerable<YamlNode> Nodes(YamlNode node) => node.AllNodes;

    // Arguments of containers whose image is the Dockerfile's.
    private static IEnumerable<string[]> Commands(YamlNode document) => Nodes(document).OfType<YamlMappingNode>()
        .SelectMany(n => new[] { "command", "args" }.Where(k => n.Children.ContainsKey(k)).Select(k => n[k]))
        .OfType<YamlSequenceNode>().Select(n => n.Select(c => c.ToString()).ToArray());

    private static async Task<string> HelpAsync(string program)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, program), "--help"]) { RedirectStandardOutput = true };
        using Process process = Process.Start(start)!;
        string help = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
        return help;
    }

    private static string Here([CallerFilePath] string here = "") => here;
}

using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Qama.Tool.Tests.Serving;

/// <summary><c>qama serve</c> as a process of its own.</summary>
internal sealed class ServedProcess : IAsyncDisposable
{
    private readonly Process _process;

    private ServedProcess(Process process, JsonNode line)
    {
        (_process, Line) = (process, line);
        Client = new HttpClient { BaseAddress = new Uri(line["address"]!.GetValue<string>()) };
    }

    /// <summary>What it printed.</summary>
    public JsonNode Line { get; }

    public HttpClient Client { get; }

    public static async Task<ServedProcess> StartAsync(string folder, string model, params string[] more)
    {
        string assembly = typeof(SmallGrid).Assembly.Location;
        Process process = ToolProgram.Start(folder, ["serve", assembly, "--model", model, "--port", "0", "--json", .. more]);
        string? line = await process.StandardOutput.ReadLineAsync();
        return line is null ? throw new InvalidOperationException(await process.StandardError.ReadToEndAsync())
            : new(process, JsonNode.Parse(line)!);
    }

    public async Task<JsonNode> SolveAsync(object request)
    {
        HttpResponseMessage answer = await Client.PostAsJsonAsync("/api/solve", request);
        string text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonNode.Parse(text)!;
    }

    /// <summary>Ends it as Ctrl+C does.</summary>
    public async Task<(int ExitCode, string Errors)> EndAsync(string signal)
    {
        using (var kill = Process.Start("kill", ["-s", signal, $"{_process.Id}"]))
        {
            await kill.WaitForExitAsync();
        }

        string errors = await _process.StandardError.ReadToEndAsync();
        await _process.WaitForExitAsync();
        return (_process.ExitCode, errors);
    }

    public ValueTask DisposeAsync()
    {
        Client.Dispose();
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
        return ValueTask.CompletedTask;
    }
}

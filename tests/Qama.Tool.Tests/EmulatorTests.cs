using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.RegularExpressions;

namespace Qama.Tool.Tests;

/// <summary><c>qama emulator</c>.</summary>
public sealed partial class EmulatorTests : FolderTest
{
    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public async Task It_answers_on_loopback_until_it_is_ended(string signal)
    {
        if (OperatingSystem.IsWindows())
        {
            return; // there a console has Ctrl+C, and a test no console
        }

        using Process process = ToolProgram.Start(Folder, "emulator", "--port", "0", "--instant");
        Match line = Listening().Match(await process.StandardOutput.ReadLineAsync() ?? "");
        Assert.True(line.Success);
        using (var client = new HttpClient { BaseAddress = new Uri(line.Groups[1].Value) })
        {
            HttpResponseMessage answer =
                await client.PostAsJsonAsync("/sso/access_token/", new { user_id = "a", sdk_code = "b" });
            Assert.Contains("token", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);

            // A second one finds the port taken.
            Outcome second = ToolProgram.Execute(Folder, "emulator", "--port", $"{client.BaseAddress.Port}");
            Assert.Equal((1, ""), (second.ExitCode, second.Output));
            Assert.Contains($"Cannot start on port {client.BaseAddress.Port}: ", second.Errors,
                StringComparison.Ordinal);
        }

        using (var kill = Process.Start("kill", ["-s", signal, $"{process.Id}"]))
        {
            await kill.WaitForExitAsync();
        }

        string errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.Equal((0, ""), (process.ExitCode, errors));
        Assert.Empty(Directory.GetFileSystemEntries(Folder));
    }

    [Fact]
    public void A_wrong_option_is_said()
    {
        Outcome outcome = ToolProgram.Run("emulator", "--port", "65536");
        Assert.Equal((2, ""), (outcome.ExitCode, outcome.Output));
        Assert.Contains("--port: expected a whole number from 0 to 65535, got '65536'.", outcome.Errors,
            StringComparison.Ordinal);
    }

    [GeneratedRegex(@"^Listening on (http://127\.0\.0\.1:\d+/)$")]
    private static partial Regex Listening();
}

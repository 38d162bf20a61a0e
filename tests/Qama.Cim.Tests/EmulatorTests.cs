using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Qama.Cim.Emulator;

namespace Qama.Cim.Tests;

/// <summary>The emulator as other clients see it, and as a program.</summary>
public class EmulatorTests
{
    private const string Example = "8,16,0\n0,-24,8\n0,0,40\n";

    [Fact]
    public async Task A_client_that_knows_only_the_interface_gets_a_solution()
    {
        await using CimEmulator emulator = await CimEmulator.StartAsync();
        using HttpClient client = await LogInAsync(emulator);
        JsonElement accepted = await SubmitAsync(client, Example, "True");
        string id = accepted.GetProperty("data").GetProperty("task_id").GetRawText();
        JsonElement data = default;
        for (int status = 0; status < 2; status = data.GetProperty("task_status").GetInt32())
        {
            data = JsonSerializer.Deserialize<JsonElement>(await client.GetStringAsync(new Uri($"/api/system/business/task/{id}/", UriKind.Relative)))
                .GetProperty("data");
        }

        // x = (0, 1, 0) is the minimum of the QUBO, −24.
        Assert.Equal(2, data.GetProperty("task_status").GetInt32());
        Assert.Equal(10, data.GetProperty("qubo_value").GetArrayLength());
        Assert.Equal("[0,1,0]", data.GetProperty("qubo_solution_data")[0].GetRawText());
    }

    [Theory]
    [InlineData("1,2\n3\n", "True", "no square matrix")]
    [InlineData("1,x\n3,4\n", "True", "no square matrix")]
    [InlineData("", "True", "no square matrix")]
    [InlineData("1,2,0\n0,-3,8\n0,0,5\n", "True", "signed 8-bit")] // no integers as an Ising problem
    [InlineData("0,200\n200,0\n", "False", "signed 8-bit")]
    [InlineData("0,1\n2,0\n", "False", "not symmetric")]
    [InlineData("1,1\n1,0\n", "False", "not symmetric with zero diagonal")]
    public async Task What_the_machine_would_refuse_is_refused_with_a_reason(string csv, string isQubo, string reason)
    {
        await using CimEmulator emulator = await CimEmulator.StartAsync();
        using HttpClient client = await LogInAsync(emulator);
        JsonElement answer = await SubmitAsync(client, csv, isQubo);
        Assert.NotEqual("0", answer.GetProperty("code").GetString());
        Assert.Contains(reason, answer.GetProperty("msg").GetString(), StringComparison.Ordinal);
        Assert.Equal(0, emulator.Accepted);
    }

    [Fact]
    public async Task Requests_that_are_none_are_answered_and_do_no_harm()
    {
        await using CimEmulator emulator = await CimEmulator.StartAsync();
        using HttpClient client = await LogInAsync(emulator);
        var tasks = new Uri("/api/system/business/task/", UriKind.Relative);
        using (var form = new StringContent("--xx\r\nContent-Disposition: form-data; name=\"url\"\r\n\r\n1,2"))
        {
            form.Headers.ContentType = MediaTypeHeaderValue.Parse("multipart/form-data; boundary=xx");
            using HttpResponseMessage cutOff = await client.PostAsync(tasks, form);
            Assert.Contains("cut off", await cutOff.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        using var text = new StringContent("garbage");
        using HttpResponseMessage noForm = await client.PostAsync(tasks, text);
        Assert.Contains("expected multipart", await noForm.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using HttpResponseMessage noLogin = await client.PostAsync(new Uri("/sso/access_token/", UriKind.Relative), text);
        Assert.Contains("10001", await noLogin.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Contains("no such task", await client.GetStringAsync(new Uri("/api/system/business/task/7/", UriKind.Relative)), StringComparison.Ordinal);
        client.DefaultRequestHeaders.Authorization = null;
        using HttpResponseMessage noToken = await client.GetAsync(new Uri("/api/system/business/task/7/", UriKind.Relative));
        Assert.Equal(HttpStatusCode.Unauthorized, noToken.StatusCode);
        Assert.Equal(0, emulator.Accepted);
    }

    [Fact]
    public async Task The_program_says_where_it_listens_and_ends_when_told()
    {
        using Process program = Start("--port", "0", "--spins", "2");
        string line = (await program.StandardOutput.ReadLineAsync())!;
        Assert.StartsWith("Listening on http://127.0.0.1:", line, StringComparison.Ordinal);
        using (var client = new HttpClient { BaseAddress = new Uri(line["Listening on ".Length..]) })
        {
            await LogInAsync(client);
            Assert.Contains("needs 4 spins, the machine has 2", (await SubmitAsync(client, Example, "True")).GetRawText(), StringComparison.Ordinal);
        }

        if (OperatingSystem.IsWindows())
        {
            program.Kill();
            return;
        }

        using Process kill = Process.Start("kill", ["-TERM", program.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        await program.WaitForExitAsync();
        Assert.Equal(0, program.ExitCode);
        Assert.Equal("", await program.StandardOutput.ReadToEndAsync());
    }

    [Theory]
    [InlineData("--port", "abc", "--port: expected a whole number from 0 to 65535, got 'abc'.")]
    [InlineData("--rule", "Strict", "Strict")]
    public async Task A_wrong_option_is_told_in_a_line(string option, string value, string expected)
    {
        using Process program = Start(option, value);
        string error = await program.StandardError.ReadToEndAsync();
        await program.WaitForExitAsync();
        Assert.Equal(2, program.ExitCode);
        Assert.Contains(expected, error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }

    private static Process Start(params string[] arguments) => Process.Start(new ProcessStartInfo(
        "dotnet", [typeof(CimEmulator).Assembly.Location, .. arguments])
    {
        RedirectStandardOutput = true, RedirectStandardError = true,
    })!;

    private static async Task<HttpClient> LogInAsync(CimEmulator emulator)
    {
        var client = new HttpClient { BaseAddress = emulator.Address };
        await LogInAsync(client);
        return client;
    }

    private static async Task LogInAsync(HttpClient client)
    {
        using var credentials = new StringContent("""{"user_id":"a","sdk_code":"b"}""");
        using HttpResponseMessage response = await client.PostAsync(new Uri("/sso/access_token/", UriKind.Relative), credentials);
        JsonElement answer = JsonSerializer.Deserialize<JsonElement>(await response.Content.ReadAsStringAsync());
        client.DefaultRequestHeaders.Authorization = new("JWT", answer.GetProperty("data").GetProperty("token").GetString());
    }

    private static async Task<JsonElement> SubmitAsync(HttpClient client, string csv, string isQubo)
    {
        using var form = new MultipartFormDataContent();
        form.Add(new StringContent(csv), "url", "job_1.csv");
        foreach ((string name, string value) in new[] { ("task_name", "job_1"), ("name", "job_1.csv"), ("is_qubo", isQubo), ("machine_name", "CPQC-550") })
        {
            form.Add(new StringContent(value), name);
        }

        using HttpResponseMessage response = await client.PostAsync(new Uri("/api/system/business/task/", UriKind.Relative), form);
        return JsonSerializer.Deserialize<JsonElement>(await response.Content.ReadAsStringAsync());
    }
}

using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Qama.Layers;
using Qama.Training.Modules;
using Qama.Training.Storage;

namespace Qama.Tool.Tests.Serving;

/// <summary><c>qama serve</c>: what it answers, against a literal computation in double over all states.</summary>
public sealed class ServeTests : FolderTest
{
    private const int Heads = 2, Tokens = 6, Most = 2;

    [Fact]
    public async Task What_is_served_is_the_lowest_of_all_states_with_the_weights_asked_for()
    {
        await using ServedProcess served = await ServedProcess.StartAsync(Folder, nameof(SmallGrid));
        Assert.Equal("Qama.Tool.Tests.Serving.SmallGrid", served.Line["model"]!.GetValue<string>());
        JsonNode model = JsonNode.Parse(await served.Client.GetStringAsync("/api/model"))!;
        Assert.Equal(["Coupling", "Field", "HeadExclusion", "Sparsity"],
            model["parts"]!.AsArray().Select(p => p!["name"]!.GetValue<string>()));
        Assert.Equal((2, 3), (model["grid"]!["rows"]!.GetValue<int>(), model["grid"]!["columns"]!.GetValue<int>()));
        foreach (double[] scales in new[] { new[] { 1.0, 1, 1, 1 }, [0.5, 2, 3, 1], [4, 0, 0, 0], [1, 1, 1, 0.2] })
        {
            JsonNode answer = await served.SolveAsync(new { scales, sample = new { kind = "random", seed = 3 }, full = true, seed = 2 });
            double[] weights = [.. answer["parts"]!.AsArray().Select(p => p!["weight"]!.GetValue<double>())];
            Assert.Equal([1.5 * scales[0], 0.75 * scales[1], 0.25 * scales[2]], weights[..3]);
            float[] couplings = Floats(answer["allCouplings"]!), fields = Floats(answer["allFields"]!);
            double[] energies =
                [.. Enumerable.Range(0, 1 << (Heads * Tokens)).Select(code => Energy(Bits(code), couplings, fields, weights).Sum())];

            // The best read, and its parts.
            byte[] best = [.. answer["state"]!.GetValue<string>().Select(c => (byte)(c - '0'))];
            Assert.Equal(
                Energy(best, couplings, fields, weights), answer["parts"]!.AsArray().Select(p => p!["energy"]!.GetValue<double>()),
                (a, b) => Math.Abs(a - b) < 1e-9);
            Assert.Equal(energies.Min(), answer["energy"]!.GetValue<double>(), 1e-6); // so small a problem is solved

            // The lowest states of all, and the constraint in them.
            double[] lowest = [.. energies.Order().Take(48)];
            JsonArray levels = answer["spectrum"]!["levels"]!.AsArray();
            Assert.Equal(lowest, levels.Select(l => l!["energy"]!.GetValue<double>()), (a, b) => Math.Abs(a - b) < 1e-9);
            Assert.All(levels, l => Assert.Equal(
                IsFeasible([.. l!["state"]!.GetValue<string>().Select(c => (byte)(c - '0'))]), l["feasible"]!.GetValue<bool>()));
            CheckQubo(answer["qubo"]!, best, answer["energy"]!.GetValue<double>());
        }

        // Without the penalty, more are selected than the bound allows, and it says so.
        JsonNode free = await served.SolveAsync(new { scales = new[] { 4.0, 0, 0, 0 }, sample = new { kind = "random", seed = 3 } });
        Assert.False(free["feasible"]!.GetValue<bool>());
        Assert.False(free["constraints"]![0]!["fulfilled"]!.GetValue<bool>());
    }

    [Fact]
    public async Task Rows_of_a_file_fewer_tokens_and_trained_values_are_what_the_layer_makes_of_them()
    {
        var layer = new SmallGrid(7) { Mode = LayerMode.Evaluation };
        NamedParameter<float>[] named =
            [.. layer.Parameters.Concat(layer.Buffers).Select(p => new NamedParameter<float>($"Model.Block0.{p.Name}", p))];
        ParameterStorage.Save(At("trained.safetensors"), named);
        float[] tokens = [.. Enumerable.Range(0, 2 * Tokens * 4).Select(k => MathF.Sin(k) * (1 + (k % 3)))];
        Write("tokens.csv", "a,b,c,d\n" + string.Join('\n', Enumerable.Range(0, 2 * Tokens).Select(
            t => string.Join(',', tokens.Skip(4 * t).Take(4).Select(x => x.ToString("R",
                System.Globalization.CultureInfo.InvariantCulture))))));
        await using ServedProcess served = await ServedProcess.StartAsync(
            Folder, nameof(SmallGrid), "--data", "tokens.csv", "--run", "trained.safetensors");
        JsonNode model = JsonNode.Parse(await served.Client.GetStringAsync("/api/model"))!;
        Assert.Equal((2, "Model.Block0"), (model["rows"]!.GetValue<int>(), model["layer"]!.GetValue<string>()));
        JsonNode answer = await served.SolveAsync(new { sample = new { kind = "row", index = 1 }, tokens = 5, full = true });

        LayerWorkspace<float> workspace = layer.CreateWorkspace(1, 1);
        layer.Forward(
            tokens.AsSpan(Tokens * 4), new float[Tokens * 4], workspace, new Sampling.SimulatedAnnealingSampler { Threads = 1 }, [5]);
        byte[] best = [.. answer["state"]!.GetValue<string>().Select(c => (byte)(c - '0'))];
        Assert.Equal(5, answer["tokens"]!.GetValue<int>());
        Assert.Equal("111110111110", answer["present"]!.GetValue<string>());
        Assert.Equal(workspace.Problems.Energy(0, best), answer["energy"]!.GetValue<double>(), 1e-5);
        ReadOnlySpan<float> expected = ((AttentionProblemBatch<SmallGrid>)workspace.Problems).View(0).Fields;
        Assert.Equal(expected[..5].ToArray(), Floats(answer["fields"]!)[..5]);

        // Numbers given with the request are the same sample.
        JsonNode given = await served.SolveAsync(new { sample = new { kind = "values", values = tokens[(Tokens * 4)..] }, tokens = 5 });
        Assert.Equal(answer["energy"]!.GetValue<double>(), given["energy"]!.GetValue<double>());
    }

    [Fact]
    public async Task Only_its_own_page_is_answered_and_bad_requests_are_told_what_was_expected()
    {
        await using ServedProcess served = await ServedProcess.StartAsync(Folder, nameof(SmallGrid));
        HttpResponseMessage page = await served.Client.GetAsync("/");
        string policy = page.Headers.GetValues("Content-Security-Policy").Single();
        Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
        string html = await page.Content.ReadAsStringAsync();
        Assert.DoesNotContain("http", html.Replace("http://www.w3.org/2000/svg", "", StringComparison.Ordinal), StringComparison.Ordinal);

        foreach ((string name, string value) in new[]
        {
            ("Host", "evil.example"), ("Host", $"evil.example:{served.Client.BaseAddress!.Port}"), ("Origin", "http://evil.example"),
            ("Origin", "null"), ("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Site", "same-site"),
        })
        {
            foreach (string path in new[] { "/", "/api/model", "/api/data" })
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, path);
                request.Headers.Add(name, value);
                Assert.Equal(HttpStatusCode.Forbidden, (await served.Client.SendAsync(request)).StatusCode);
            }
        }

        foreach ((string body, int status, string said) in new[]
        {
            ("{", 400, "The request is not as expected"), ("""{"scales":[1]}""", 400, "scales: expected 4 numbers from 0 to 8."),
            ("""{"scales":[1,1,1,-1]}""", 400, "scales: expected"), ("""{"file":"/etc/passwd"}""", 400, "file: expected no such property: there are page, sequence,"),
            ("""{"sample":{"kind":"row","place":1}}""", 400, "sample.place: expected no such property"),
            ("""{"scales":[1,"x"]}""", 400, "scales[1]: expected scales to be a list of numbers."), ("""{"sweeps":1.5}""", 400, "sweeps: expected a whole"),
            ("""{"sample":7}""", 400, "sample: expected an object with kind"), ("[1]", 400, "or it is no object."),
            ("{\n\"reads\":x}", 400, "line 2 is no JSON"),
            ("""{"sample":{"values":["a"]}}""", 400, "sample.values[0]: expected"),
            ("""{"sample":{"kind":"row"}}""", 400, "there is no data file"), ("""{"tokens":7}""", 400, "tokens: expected 1 to 6."),
            ("""{"sample":{"kind":"values","values":[1,2,3]}}""", 400, "a multiple of 4 finite numbers"),
            ("""{"head":2}""", 400, "head: expected 0 to 1."),
            ("""{"sweeps":0}""", 400, "sweeps: expected"), ("null", 400, "Expected a JSON object."),
        })
        {
            HttpResponseMessage answer = await served.Client.PostAsync("/api/solve", new StringContent(body, Encoding.UTF8,
                "application/json"));
            Assert.Equal(status, (int)answer.StatusCode);
            string error = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["error"]!.GetValue<string>();
            Assert.Contains(said, error, StringComparison.Ordinal);
            Assert.DoesNotContain("Qama.", error, StringComparison.Ordinal);
            Assert.DoesNotContain("System.", error, StringComparison.Ordinal);
        }

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, (await served.Client.PostAsync("/api/solve",
            new StringContent("{}"))).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await served.Client.GetAsync("/api/data")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await served.Client.GetAsync("/../../etc/passwd")).StatusCode);
        using var large = new HttpRequestMessage(HttpMethod.Post, "/api/solve")
        {
            Content = new StringContent("{\"page\":\"" + new string('x', 17 * 1024 * 1024) + "\"}", Encoding.UTF8, "application/json"),
        };
        large.Headers.ExpectContinue = true; // so that it is refused before it is sent
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await served.Client.SendAsync(large)).StatusCode);
        Assert.Equal(3, (await served.SolveAsync(new { sequence = 3 }))["sequence"]!.GetValue<int>()); // and goes on
    }

    /// <summary>A request that takes long gives way to the page's next one, and not to another page's.</summary>
    [Fact]
    public async Task The_newest_request_of_a_page_is_the_one_that_is_answered()
    {
        await using ServedProcess served = await ServedProcess.StartAsync(Folder, "Dense");
        await served.SolveAsync(new { page = "a", sequence = 1, sweeps = 1, reads = 1 });
        Task<HttpResponseMessage> slow = served.Client.PostAsJsonAsync("/api/solve", new
        {
            page = "a", sequence = 2, sweeps = 10000,
            reads = 1000
        });
        await Task.Delay(200);
        Task<JsonNode> next = served.SolveAsync(new { page = "a", sequence = 3, sweeps = 1, reads = 2 });
        Assert.Equal(HttpStatusCode.Conflict, (await slow).StatusCode);
        Assert.Equal((3, 2), ((await next)["sequence"]!.GetValue<int>(), (await next)["reads"]!.GetValue<int>()));
    }

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public async Task Ctrl_C_ends_it_with_exit_code_0(string signal)
    {
        if (OperatingSystem.IsWindows())
        {
            return; // there a console has Ctrl+C, and a test no console
        }

        await using ServedProcess served = await ServedProcess.StartAsync(Folder, nameof(SmallGrid), "--no-browser");
        Outcome second = ToolProgram.Run(
            "serve", typeof(SmallGrid).Assembly.Location, "--model", nameof(SmallGrid), "--no-browser", "--port",
                $"{served.Client.BaseAddress!.Port}");
        Assert.Equal((1, ""), (second.ExitCode, second.Output));
        Assert.Contains("Cannot start on port", second.Errors, StringComparison.Ordinal);
        Assert.Equal((0, ""), await served.EndAsync(signal));
        Assert.Empty(Directory.GetFileSystemEntries(Folder));
    }

    [Theory]
    [InlineData(1, "it has 12 models: say which with --model.", "")]
    [InlineData(1, "there is no model Nowhere.", "--model", "Nowhere")]
    [InlineData(1, "selects block after block", "--model", "Causal")]
    [InlineData(1, "none.csv", "--model", "SmallGrid", "--data", "none.csv")]
    [InlineData(1, "bad.csv, line 2: expected numbers, got 'three'.", "--model", "SmallGrid", "--data", "bad.csv")]
    [InlineData(1, "SmallGrid) or 24 (a sample), got 3.", "--model", "SmallGrid", "--data", "short.csv")]
    [InlineData(1, "empty.csv: there are no numbers in it", "--model", "SmallGrid", "--data", "empty.csv")]
    [InlineData(1, "bad.csv: It is no safetensors file", "--model", "SmallGrid", "--run", "bad.csv")]
    [InlineData(1, "it has no layer with the parameters of", "--model", "SmallGrid", "--run", "other.safetensors")]
    [InlineData(2, "--layer is a layer of the file that --run names.", "--layer", "x")]
    [InlineData(2, "--port: expected a whole number from 0 to 65535, got 'x'.", "--port", "x")]
    public void What_cannot_be_served_is_said_in_a_line(int code, string message, params string[] args)
    {
        Write("bad.csv", "1,2,3,4\n1,2,three,4\n");
        Write("short.csv", "1,2,3\n");
        Write("empty.csv", "\n");
        ParameterStorage.Save(At("other.safetensors"), [new NamedParameter<float>("A.B", new Parameter<float>("B", 3))]);
        Outcome outcome = ToolProgram.Run(
            ["serve", typeof(SmallGrid).Assembly.Location, "--no-browser", .. args.Where(a => a.Length > 0)
                .Select(a => a.Contains(".csv", StringComparison.Ordinal) || a.Contains(".safe", StringComparison.Ordinal) ? At(a) : a)]);
        Assert.Equal((code, ""), (outcome.ExitCode, outcome.Output));
        Assert.Contains(message, outcome.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", outcome.Errors, StringComparison.Ordinal);
    }

    // Coupling, field, exclusion, sparsity: as docs/language.md writes them.
    private static double[] Energy(byte[] s, float[] couplings, float[] fields, double[] weights)
    {
        var parts = new double[4];
        for (int h = 0; h < Heads; h++)
        {
            double sum = 0;
            for (int i = 0; i < Tokens; i++)
            {
                sum += s[(h * Tokens) + i];
                parts[1] -= weights[1] * fields[(h * Tokens) + i] * s[(h * Tokens) + i];
                for (int j = 0; j < Tokens; j++)
                {
                    double pair = couplings[(((h * Tokens) + i) * Tokens) + j] * s[(h * Tokens) + i] * s[(h * Tokens) + j];
                    parts[0] -= i == j ? 0 : weights[0] * pair;
                }
            }

            parts[3] += weights[3] * Math.Pow(Math.Max(0, sum - Most), 2);
        }

        for (int i = 0; i < Tokens; i++)
        {
            parts[2] += weights[2] * s[i] * s[Tokens + i];
        }

        return parts;
    }

    // With the best slack it is the energy of the selection.
    private static void CheckQubo(JsonNode qubo, byte[] state, double energy)
    {
        (int size, int slack) = (qubo["size"]!.GetValue<int>(), qubo["slack"]!.GetValue<int>());
        double least = double.PositiveInfinity;
        for (int code = 0; code < 1 << slack; code++)
        {
            byte[] x = [.. state, .. Enumerable.Range(0, slack).Select(b => (byte)((code >> b) & 1))];
            Assert.Equal(size, x.Length);
            least = Math.Min(least, qubo["offset"]!.GetValue<double>() + qubo["terms"]!.AsArray().Sum(
                t => x[t![0]!.GetValue<int>()] * x[t[1]!.GetValue<int>()] * t[2]!.GetValue<double>()));
        }

        Assert.Equal(energy, least, 1e-5);
    }

    private static bool IsFeasible(byte[] state) => state.Chunk(Tokens).All(h => h.Sum(x => x) <= Most);

    private static byte[] Bits(int code) => [.. Enumerable.Range(0, Heads * Tokens).Select(b => (byte)((code >> b) & 1))];

    private static float[] Floats(JsonNode array) => [.. array.AsArray().Select(v => v!.GetValue<float>())];
}

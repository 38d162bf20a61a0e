using System.Globalization;
using System.Text.Json;
using Microsoft.Playwright;

namespace Qama.Tool.Tests;

/// <summary>Pages as a reader has them: in Chromium, light and dark, on a wide and a narrow screen, and printed.</summary>
public sealed partial class BrowserTests : FolderTest
{
    [ChromiumFact]
    public async Task A_report_is_readable_light_and_dark_wide_and_narrow_and_printed()
    {
        foreach (string variant in new[] { "softmax", "selected", "none" })
        {
            for (int seed = 1; seed <= 2; seed++)
            {
                var epochs = Enumerable.Range(1, 5).Select(e => new { epoch = e, trainingLoss = (2.0 + (0.1 * seed)) / e, validationAccuracy = 1 - (0.3 / e) });
                Write($"{variant}-{seed}.json", JsonSerializer.Serialize(new { dataset = "digits", variant, seed, epochs, testAccuracy = 0.9 + (0.01 * seed) }));
            }
        }

        // And searches, one of them at a machine.
        string graph = Write("graph.mc", "5 6\n1 2 1\n2 3 2\n3 4 1\n4 5 3\n5 1 1\n1 3 1.3\n");
        foreach ((string name, string[] how) in new[] { ("race", ["--compare", "sa,tabu", "--sweeps", "2"]), ("machine", (string[])["--machine", "emulator"]) })
        {
            Write($"{name}.json", ToolProgram.Run(["solve", graph, "--json", .. how]).Output);
        }

        string file = At("page.html");
        Assert.Equal(0, ToolProgram.Run("report", Folder, "--html", file).ExitCode);
        using IPlaywright playwright = await Playwright.CreateAsync();
        await using IBrowser browser = await playwright.Chromium.LaunchAsync(
            new() { ExecutablePath = ChromiumFactAttribute.Path, Args = ["--no-sandbox"] });
        foreach ((ColorScheme scheme, int width) in new[] { (ColorScheme.Light, 1300), (ColorScheme.Dark, 1300), (ColorScheme.Light, 480) })
        {
            IPage page = await browser.NewPageAsync(new() { ColorScheme = scheme, ViewportSize = new() { Width = width, Height = 900 } });
            List<string> asked = [];
            page.Request += (_, request) => asked.Add(request.Url);
            await page.GotoAsync(new Uri(file).AbsoluteUri);
            Assert.Single(asked); // the file alone
            Assert.True(await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), $"wider than {width}");
            Assert.Equal(4, await page.Locator("figure svg").CountAsync()); // loss and accuracy, values and race
            Assert.Equal(2, await page.Locator("figure svg[aria-label='The best value against time'] path:not(.axis)").CountAsync());
            Assert.True(await page.Locator("figure rect.bar").CountAsync() >= 3);
            Assert.Equal(6, await page.Locator("figure polyline").CountAsync());
            foreach (ILocator drawing in await page.Locator("figure svg").AllAsync())
            {
                LocatorBoundingBoxResult box = (await drawing.BoundingBoxAsync())!;
                Assert.True(box is { Width: > 200, Height: > 100 } && box.X >= 0 && box.X + box.Width <= width, $"{box.X} {box.Width}");
            }

            // Text and lines stand out from the page, as WCAG counts it.
            string[] colours = await page.EvaluateAsync<string[]>("""
                [getComputedStyle(document.body).color, getComputedStyle(document.documentElement).backgroundColor,
                 ...[...document.querySelectorAll('polyline')].map(p => getComputedStyle(p).stroke),
                 ...[...document.querySelectorAll('rect.bar')].map(p => getComputedStyle(p).fill)]
                """);
            double background = colours[1] == "rgba(0, 0, 0, 0)" ? (scheme == ColorScheme.Dark ? Luminance("rgb(18, 18, 18)") : 1) : Luminance(colours[1]);
            Assert.True(Contrast(Luminance(colours[0]), background) > 7, colours[0]);
            Assert.All(colours[2..], c => Assert.True(Contrast(Luminance(c), background) > 3, c));
            await page.CloseAsync();
        }

        IPage printed = await browser.NewPageAsync();
        await printed.GotoAsync(new Uri(file).AbsoluteUri);
        Assert.True((await printed.PdfAsync(new() { Format = "A4" })).Length > 5000);
    }

    private static double Contrast(double a, double b) => (Math.Max(a, b) + 0.05) / (Math.Min(a, b) + 0.05);

    private static double Luminance(string colour)
    {
        double[] parts =
        [
            .. colour[(colour.IndexOf('(', StringComparison.Ordinal) + 1)..^1].Split(',').Take(3)
                .Select(p => double.Parse(p, CultureInfo.InvariantCulture) / 255)
                .Select(c => c <= 0.04045 ? c / 12.92 : Math.Pow((c + 0.055) / 1.055, 2.4)),
        ];
        return (0.2126 * parts[0]) + (0.7152 * parts[1]) + (0.0722 * parts[2]);
    }
}

/// <summary>A test that needs Chromium; where there is none it says so and is skipped.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ChromiumFactAttribute : FactAttribute
{
    public ChromiumFactAttribute() => Skip = Path.Length == 0 ? "There is no Chromium on this machine." : null;

    /// <summary>The program; empty where there is none.</summary>
    public static string Path { get; } =
        new[] { "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome" }.FirstOrDefault(File.Exists) ?? "";
}

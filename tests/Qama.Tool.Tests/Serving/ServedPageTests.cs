using Microsoft.Playwright;
using Qama.Tool.Tests.Serving;

namespace Qama.Tool.Tests;

/// <content>The page of <c>qama serve</c>.</content>
public sealed partial class BrowserTests
{
    [ChromiumFact]
    public async Task A_served_model_shows_another_selection_when_a_slider_is_moved()
    {
        await using ServedProcess served = await ServedProcess.StartAsync(Folder, nameof(SmallGrid));
        Assertions.SetDefaultExpectTimeout(60_000); // on a machine that is busy
        using IPlaywright playwright = await Playwright.CreateAsync();
        await using IBrowser browser = await playwright.Chromium.LaunchAsync(
            new() { ExecutablePath = ChromiumFactAttribute.Path, Args = ["--no-sandbox"] });
        foreach ((ColorScheme scheme, int width) in new[] { (ColorScheme.Light, 1300), (ColorScheme.Dark, 480) })
        {
            IPage page = await browser.NewPageAsync(new() { ColorScheme = scheme, ViewportSize = new() { Width = width, Height = 900 } });
            List<string> elsewhere = [], errors = [];
            page.Request += (_, r) => elsewhere.AddRange(new[] { r.Url }.Where(
                u => !u.StartsWith(served.Client.BaseAddress!.AbsoluteUri, StringComparison.Ordinal) && !u.StartsWith("data:",
                    StringComparison.Ordinal)));
            page.PageError += (_, e) => errors.Add(e);
            page.Console += (_, m) => errors.AddRange(new[] { m.Text }.Where(_ => m.Type == "error"));
            await page.GotoAsync(served.Client.BaseAddress!.AbsoluteUri);
            ILocator heads = page.Locator("#selection svg");
            await Assertions.Expect(heads).ToHaveCountAsync(2);
            Assert.Equal(6, await heads.First.Locator("rect").CountAsync());
            string before = await Labels(heads);

            // With the keyboard alone: without the penalty on sums, heads select more than two tokens, and the page says so.
            await page.GetByRole(AriaRole.Slider, new() { Name = "Sparsity", Exact = true }).FocusAsync();
            await page.Keyboard.PressAsync("Home");
            await page.GetByRole(AriaRole.Slider, new() { Name = "Coupling", Exact = true }).FocusAsync();
            await page.Keyboard.PressAsync("End");
            await Assertions.Expect(page.Locator("#constraints")).ToContainTextAsync("✗ violated");
            Assert.NotEqual(before, await Labels(heads));

            // A state of the spectrum is shown where it is asked for.
            await page.Locator("[data-level='0']").FocusAsync();
            await page.Keyboard.PressAsync("ArrowRight");
            await Assertions.Expect(page.Locator("#selection-note")).ToContainTextAsync("State 1 of the spectrum");
            await page.GetByText("As declared").ClickAsync();
            await Assertions.Expect(page.Locator("#constraints")).ToContainTextAsync("✓ yes");
            Assert.Equal(before, await Labels(heads));

            Assert.Empty(elsewhere.Concat(errors));
            Assert.True(await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= document.documentElement.clientWidth"),
                $"wider than {width}");
            string[] colours = await page.EvaluateAsync<string[]>("""
                [getComputedStyle(document.body).backgroundColor, getComputedStyle(document.body).color,
                 getComputedStyle(document.querySelector('.selected')).fill, getComputedStyle(document.querySelector('h2')).color]
                """);
            Assert.All(colours[1..], c => Assert.True(Contrast(Luminance(c), Luminance(colours[0])) > 4.5, c));
            await page.CloseAsync();
        }
    }

    /// <summary>A thousand variables, of which a spectrum cannot be had.</summary>
    [ChromiumFact]
    public async Task A_served_model_of_many_tokens_is_drawn_too()
    {
        await using ServedProcess served = await ServedProcess.StartAsync(Folder, "Factored");
        Assertions.SetDefaultExpectTimeout(60_000); // on a machine that is busy
        using IPlaywright playwright = await Playwright.CreateAsync();
        await using IBrowser browser = await playwright.Chromium.LaunchAsync(
            new() { ExecutablePath = ChromiumFactAttribute.Path, Args = ["--no-sandbox"] });
        IPage page = await browser.NewPageAsync();
        await page.GotoAsync(served.Client.BaseAddress!.AbsoluteUri);
        await Assertions.Expect(page.Locator("#status")).ToContainTextAsync("reads at it");
        await Assertions.Expect(page.Locator("#coefficients canvas")).ToHaveCountAsync(1); // it has no fields
        await Assertions.Expect(page.Locator("#spectrum-note")).ToContainTextAsync("Energies of 8 reads");
        Assert.Equal(2 * 512, await page.Locator("#selection rect").CountAsync());
    }

    private static async Task<string> Labels(ILocator drawings) =>
        string.Join("; ", await drawings.EvaluateAllAsync<string[]>("all => all.map(d => d.getAttribute('aria-label'))"));
}

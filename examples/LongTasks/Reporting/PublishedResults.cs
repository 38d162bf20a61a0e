namespace Qama.Examples.LongTasks;

/// <summary>The rules of the tasks and what others reached, with sources.</summary>
internal static class PublishedResults
{
    public const string Recall = """
        Multi-query associative recall ([arXiv 2312.04927](https://arxiv.org/abs/2312.04927), HazyResearch/zoology): K keys with a value each, then slots of
        two tokens of which K ask for a key; the value is the answer, one of 8,192 ids. A sequence of L tokens has K = L/16 pairs, so that the context is an
        eighth of it. Slots are drawn by a power law (a = 0.01), all else is 0. The model is that of the source's figure 2: two layers of width 64, one head, no
        feed-forward part, learned positions, logits from the embedding's table. Attention here is not causal: answers never stand behind the question. One
        selection serves all queries, but for *query*, where each has its own.

        Published at width 64 (read off figure 2; 100,000 sequences, 64 epochs, best of four rates):

        | L / K | attention | H3 | RWKV | BaseConv | Hyena |
        |---|---|---|---|---|---|
        | 64 / 4 | 1.00 | 0.93 | 0.76 | 0.70 | 0.52 |
        | 128 / 8 | 1.00 | 0.38 or less | 0.38 or less | 0.38 or less | 0.38 or less |
        | 256 / 16 | 1.00 | 0.15 or less | 0.15 or less | 0.15 or less | 0.15 or less |
        | 512 | 1.00 | about 0 | about 0 | about 0 | about 0 |
        """;

    public const string Copying = """
        Selective copying ([arXiv 2312.00752](https://arxiv.org/abs/2312.00752), E.1): 16 data tokens of 14 kinds at random places among L + 16 tokens that are 0
        otherwise, then 16 markers, which ask for the data tokens in their order. Two layers of width 64, four heads, a feed-forward part of 128; attention is
        causal, and instead of positions every token's vector has the token before it in its second half, as a short convolution has. The model means the
        same at any length, and is tested at longer ones as well. Guessing is right in 7.1 %.

        Published, trained at L = 4,096 (two layers of width 64; ours are trained at 256): S4 18.3 %, H3 57.0 %, Hyena 30.1 %, Mamba 99.8 %.
        """;

    public const string Induction = """
        Induction heads ([arXiv 2312.00752](https://arxiv.org/abs/2312.00752), E.1): uniform tokens of 16 kinds, a special one at a random place, and that one again as
        the last token: which token stood behind it? Trained at 256 tokens. Two layers of width 64, two heads, no feed-forward part; instead of positions
        every token's vector has the token before it in its second half, as a short convolution has, so that the model means the same at any
        length. Guessing is right in 6.25 %.

        Published: Mamba, trained at 256, is right to 1,048,576 tokens; no other model there, softmax attention with three kinds of positions among them, goes
        beyond twice the length it was trained at.
        """;

    public const string ListOps = """
        ListOps of the Long Range Arena ([arXiv 2011.04006](https://arxiv.org/abs/2011.04006), its generator's rules): nested lists of digits with MIN, MAX,
        MED and SM, between 500 and 2,000 tokens; the value is asked, a digit. The model is the small one of mlpen/Nystromformer: two layers of width 64, two
        heads, a feed-forward part of 128, learned positions, padding masked, and behind the mean over tokens a hidden layer of 128. Other than there: the mean
        is over present tokens alone, GELU in the hidden layer, projections without biases, no output projection, no dropout; steps are of 4 at a rate of
        0.001 that falls as a cosine, there of 32 at 0.0001 that falls linearly; the last model is tested, there the best one of the validation.

        Published, in percent. The Arena's models: Transformer 36.37, BigBird 36.05, Linformer 35.70, Performer 18.01, Linear Transformer 16.13, Reformer 37.27.
        Small ones (mlpen/Nystromformer: two layers, width 64, 5,000 steps of 32): softmax 37.10, Linformer 37.25, Performer 18.80, Reformer 19.05,
        Nyström 37.15. 96,000 sequences for training there. The Arena's reader dropped closing brackets until March 2021, by the comment of its mending: these
        figures may be of such sequences.
        """;

    public const string Brackets = """
        Brackets of three kinds, each closing one the innermost that is open; after every token the kind of the innermost open bracket is asked, or
        whether there is none. A bracket opens with probability 1/2, and always where nothing is open. "Boltzmann Attention"
        ([arXiv 2606.12478](https://arxiv.org/abs/2606.12478)) compares operators on such a task; its generator is not public, these rules are ours, and no
        published number stands beside them. Two layers of width 64, two heads, a feed-forward part of 128, learned positions; attention is causal.
        *boltzmann* reads marginals of a distribution with a learned coupling for every pair of places, *sigmoid* the same without
        couplings, where every marginal is a sigmoid of its own: eight samples of a chain at temperature 1 in both.
        """;
}
